"""Receives the webhooks of Ringback, and of SharpAPI: verify, log, drop duplicates, answer at once, then do the work.

One file to copy, for Python 3.9 and newer, without dependencies. README.md beside it shows it with WSGI, Flask, ASGI
and FastAPI.
"""
from __future__ import annotations

import asyncio
import base64
import binascii
import concurrent.futures
import functools
import hashlib
import hmac
import http
import inspect
import json
import logging
import math
import re
import threading
import time
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Literal, Mapping, NamedTuple, NoReturn, Optional, Protocol
from typing import Sequence, Set, Tuple, TypedDict, Union

TOLERANCE_SECONDS = 300  # how far the clocks may differ: what the Standard Webhooks libraries allow
BODY_BYTES_MAX = 1_048_576  # bodies with a result have up to 256 KiB and a little; the rest is room for newer servers
IDS_MAX = 100_000  # some 30 MB of memory
LEASE_SECONDS = 60  # over before the third attempt (70 s), so that it finds what a dead process left
KEEP_SECONDS = 8 * 86_400  # longer than the longest retry schedule (7 days)

Claim = Literal["claimed", "running", "done"]
"""``claimed``: yours to handle. ``running``: somebody handles it now. ``done``: it was handled."""

Secrets = Union[str, Sequence[str], None]
"""One secret, or several while it is being rotated. None (a variable that is not set) is ``secret.missing``."""

Scheme = Literal["standard", "x-signature", "either"]
"""Which signature has to be right. ``standard``: webhook-signature, which also binds the delivery id and the time.
``x-signature``: X-Signature, which binds the body alone, so that a recorded request can be sent again at any time.
``either``: the first where it is sent, else the second."""

_X_SIGNATURE = re.compile(r"[0-9A-Fa-f]{64}")
_STANDARD_SIGNATURE = re.compile(r"v1,[A-Za-z0-9+/]{43}=")
_TIMESTAMP = re.compile(r"[0-9]{1,12}")  # up to the year 33658; more digits are no time
_Work = concurrent.futures.Future  # of a bool: whether the handler ended well
_log = logging.getLogger("ringback_receiver")


class JobError(TypedDict):
    code: str
    message: str


class JobEvent(TypedDict, total=False):
    """A job that has finished. ``id``, ``type`` and ``status`` are always there."""

    id: str
    type: str
    status: Literal["success", "failed"]
    error: JobError  # only when failed
    result: Any  # only when the webhook includes results; None when failed
    result_url: str  # where to fetch a result that was too large to include


class OperationalEvent(TypedDict):
    """What the webhook ``operational`` is told of another one, or of its deliveries. It has no ``status``."""

    type: Literal["webhook.failing", "webhook.recovered", "webhook.disabled", "delivery.failed"]
    timestamp: str
    data: Dict[str, Any]


WebhookEvent = Union[JobEvent, OperationalEvent]


@dataclass(frozen=True)
class VerifiedWebhook:
    """The body of a webhook, and the id that is the same for each attempt of its delivery.

    With X-Signature the id is the signature itself, as nothing else is signed there.
    """

    event: WebhookEvent
    delivery_id: str


class WebhookVerificationError(Exception):
    """Why a request is no webhook of yours: ``code`` for programs, and a message for your log that holds no secret."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def verify(
    body: Union[bytes, bytearray, memoryview, str],
    headers: Mapping[str, str],
    secrets: Secrets,
    *,
    scheme: Scheme = "standard",
    tolerance: float = TOLERANCE_SECONDS,
    now: Callable[[], float] = time.time,
) -> VerifiedWebhook:
    """Verifies a webhook and gives its event.

    ``body`` is exactly what was received: bytes, or the text of it, never what a parser made. ``tolerance`` is in
    seconds, and ``now`` gives Unix seconds. Raises WebhookVerificationError with a code that says why not.
    """
    body = body.encode("utf-8", "replace") if isinstance(body, str) else body
    if not isinstance(body, (bytes, bytearray, memoryview)):
        why = "Something parsed or read the body before it was verified, and signatures are over the exact bytes. "
        how = "Give request.get_data() in Flask, await request.body() in FastAPI, and read wsgi.input nowhere else."
        _fail("body.parsed", why + how)
    body, keys = bytes(body), _secrets_in(secrets)

    signatures = _header(headers, "webhook-signature")
    if scheme == "x-signature" or (scheme == "either" and signatures is None):
        signature = _verify_x_signature(body, _header(headers, "x-signature", "signature.missing"), keys)
        return VerifiedWebhook(_parse_event(body), signature)
    if scheme not in ("standard", "either"):
        raise ValueError(f"scheme must be 'standard', 'x-signature' or 'either', not {scheme!r}")
    if signatures is None:
        other = _header(headers, "x-signature")
        hint = ", only X-Signature. Set scheme to 'x-signature' to verify by that alone" if other else ""
        _fail("signature.missing", f"There is no webhook-signature header{hint}.")
    delivery_id = _header(headers, "webhook-id", "id.missing")
    if not delivery_id or "." in delivery_id:
        _fail("id.malformed", "webhook-id is empty or has a full stop.")
    sent_at = _header(headers, "webhook-timestamp", "timestamp.missing")
    if not _TIMESTAMP.fullmatch(sent_at):
        _fail("timestamp.malformed", "webhook-timestamp is not a number of seconds.")
    _verify_standard(f"{delivery_id}.{sent_at}.".encode("utf-8", "replace") + body, signatures, keys)

    # After the signature, so that "too old" is only ever said of what the sender really signed.
    age = math.floor(now()) - int(sent_at)
    if not age <= tolerance:  # one that is no number allows nothing
        _fail("timestamp.too_old", f"It was sent {age} s ago; {tolerance} s are allowed.")
    if age < -tolerance:
        _fail("timestamp.too_new", f"It was sent {-age} s ahead of this clock.")
    return VerifiedWebhook(_parse_event(body), delivery_id)


def _fail(code: str, message: str) -> NoReturn:
    raise WebhookVerificationError(code, message)


def _secrets_in(secrets: Secrets) -> List[str]:
    keys = [secrets] if isinstance(secrets, str) else list(secrets or ())
    if not keys or not all(keys):
        _fail("secret.missing", "There is no secret, or an empty one. Is the variable set that it comes from?")
    if any(key.startswith("whpk_") for key in keys):  # whoever knows it could sign
        _fail("secret.malformed", "A secret begins with whpk_: that is the public key. Give the webhook's secret.")
    return keys


def _header(headers: Mapping[str, str], name: str, missing: str = "") -> Any:
    """The value of a header; a repeated one is joined, as HTTP says. None, or an error, when it is not there."""
    values = [value for key, value in headers.items() if key.lower() == name]
    if missing and not values:
        _fail(missing, f"There is no {name} header.")
    return ", ".join(values) if values else None


def _verify_x_signature(body: bytes, given: str, secrets: List[str]) -> str:
    if not _X_SIGNATURE.fullmatch(given):
        _fail("signature.malformed", "X-Signature is not 64 hexadecimal characters.")
    right = [hmac.new(secret.encode(), body, hashlib.sha256).hexdigest() for secret in secrets]
    _require_one_of(right, [given.lower()])
    return given.lower()


def _verify_standard(signed: bytes, header: str, secrets: List[str]) -> None:
    signatures = [given for given in header.split(" ") if _STANDARD_SIGNATURE.fullmatch(given)]
    hashes = [hmac.new(_standard_key(secret), signed, hashlib.sha256).digest() for secret in secrets]
    if not signatures:
        _fail("signature.malformed", "webhook-signature has no signature of version 1.")
    _require_one_of(["v1," + base64.b64encode(each).decode() for each in hashes], signatures)


def _require_one_of(right: List[str], given: List[str]) -> None:
    """In constant time: what is compared has the length of a right one, and all of it is compared."""
    if sum(hmac.compare_digest(one, other) for one in right for other in given) == 0:
        _fail("signature.mismatch", "No signature fits: another secret, or a body that was changed on the way.")


def _standard_key(secret: str) -> bytes:
    """The decoded part of a ``whsec_`` secret, else the secret's UTF-8 bytes."""
    if not secret.startswith("whsec_"):
        return secret.encode()
    text = secret[len("whsec_") :]
    try:
        key = base64.b64decode(text, validate=True)
        if key and base64.b64encode(key).decode() == text:
            return key
    except (binascii.Error, ValueError):
        pass  # not base64 at all: the same answer
    _fail("secret.malformed", "A secret begins with whsec_, but the rest is not base64 with padding. Copy it again.")


def _parse_event(body: bytes) -> WebhookEvent:
    try:
        # NaN and Infinity are no JSON, though Python reads them.
        event = json.loads(body.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        event = None  # neither UTF-8 nor JSON: no object
    if not isinstance(event, dict) or not isinstance(event.get("type"), str):
        _fail("body.malformed", "The body is not a JSON object with a type, though it is signed with your secret.")
    return event  # type: ignore[return-value]


def _refuse(name: str) -> None:
    raise ValueError(name)


class DeliveryStore(Protocol):
    """Remembers deliveries, so that each is handled once although it may come again. Put it on a database that all your
    processes share; README has one. What it raises is told to ``on_error``, and the request is answered 503."""

    def claim(self, delivery_id: str, lease_seconds: float) -> Claim:
        """Takes a delivery for its handler, in one step: of several calls at once for one id, one gets ``claimed``.
        After so many seconds the claim is over, so that the delivery of a process that died can be taken again."""

    def complete(self, delivery_id: str, keep_seconds: float) -> None:
        """It was handled. Remember that for so long."""

    def release(self, delivery_id: str) -> None:
        """Its handler failed. Forget it: it may come again."""


class MemoryStore:
    """Remembers the newest deliveries in this process alone: enough where one process runs."""

    def __init__(self, ids_max: int = IDS_MAX, now: Callable[[], float] = time.time) -> None:
        self._entries: Dict[str, Tuple[Claim, float]] = {}  # until when; the oldest first
        self._ids_max, self._now = ids_max, now
        self._lock = threading.Lock()

    def claim(self, delivery_id: str, lease_seconds: float) -> Claim:
        with self._lock:
            claim, until = self._entries.get(delivery_id, ("done", 0.0))
            if until > self._now():
                return claim
            self._remember(delivery_id, "running", lease_seconds)
            return "claimed"

    def complete(self, delivery_id: str, keep_seconds: float) -> None:
        with self._lock:
            self._remember(delivery_id, "done", keep_seconds)

    def release(self, delivery_id: str) -> None:
        with self._lock:
            self._entries.pop(delivery_id, None)

    def _remember(self, delivery_id: str, claim: Claim, seconds: float) -> None:
        self._entries.pop(delivery_id, None)
        self._entries[delivery_id] = (claim, self._now() + seconds)
        while len(self._entries) > self._ids_max:
            del self._entries[next(iter(self._entries))]


class Answer(NamedTuple):
    """What to answer: what a Flask view returns, and in the order of a Starlette ``Response(*answer)``."""

    body: str
    status: int
    headers: Dict[str, str]


def _log_error(error: BaseException, webhook: Optional[VerifiedWebhook]) -> None:
    _log.error("webhook %s", webhook.delivery_id if webhook else "", exc_info=error)


class Receiver:
    """Verifies, logs, drops duplicates, answers 2xx at once and then calls ``on_event(event, delivery_id)``.

    ``on_event`` may take its time, in a thread, and may see a delivery again, so it must bear that. It may be a
    coroutine function: with ``receive_async`` it runs on the loop of the caller, else on a loop of its own. When it
    fails after the answer, the sender does not know: ``on_error`` is told, and it runs again when somebody resends the
    delivery. With ``answer="after-handler"`` the answer waits for it, and is 500 when it fails, so that the sender
    tries again on its schedule. Ringback waits 10 s for an answer.

    ``log`` is called with a dict for each request, before it is answered, and at the end of each handler: ``outcome``
    (``accepted``, ``duplicate``, ``unavailable``, ``handled``, ``failed``) with ``delivery_id`` and ``type``, or
    ``refused`` with ``code`` and ``message``. It never holds the body. ``on_error(error, webhook)`` is told when
    ``on_event``, ``log`` or the store failed, and of refusals that only you can mend. Unless told, both go to the
    logger ``ringback_receiver``. A missing or malformed ``secret`` raises WebhookVerificationError here; it may be a
    function that gives the secrets, which is asked at each request.
    """

    def __init__(
        self,
        secret: Union[Secrets, Callable[[], Secrets]],
        on_event: Callable[[WebhookEvent, str], Any],
        *,
        scheme: Scheme = "standard",
        tolerance: float = TOLERANCE_SECONDS,
        now: Callable[[], float] = time.time,
        answer: Literal["at-once", "after-handler"] = "at-once",
        log: Callable[[Dict[str, Any]], Any] = lambda line: _log.info("webhook %s", line),
        on_error: Callable[[BaseException, Optional[VerifiedWebhook]], Any] = _log_error,
        store: Optional[DeliveryStore] = None,
        lease_seconds: float = LEASE_SECONDS,
        keep_seconds: float = KEEP_SECONDS,
        body_bytes_max: int = BODY_BYTES_MAX,
        threads: int = 8,
    ) -> None:
        secrets = [] if callable(secret) else _secrets_in(secret)
        [_standard_key(each) for each in secrets if scheme != "x-signature"]
        self._secret, self._on_event, self._log, self._on_error = secret, on_event, log, on_error
        self._verify = functools.partial(verify, scheme=scheme, tolerance=tolerance, now=now)
        self._waits = answer == "after-handler"
        self._store: DeliveryStore = store or MemoryStore(now=now)
        self._lease_seconds, self._keep_seconds, self._bytes_max = lease_seconds, keep_seconds, body_bytes_max
        # Starts a thread only when there is work, which is after a server such as gunicorn has forked.
        self._pool = concurrent.futures.ThreadPoolExecutor(threads, thread_name_prefix="webhook")
        self._handled_here: Set[str] = set()  # however long that takes, also longer than a lease
        self._pending: Set[_Work] = set()
        self._draining = False

    def receive(self, body: Optional[bytes], headers: Mapping[str, str], method: str = "POST") -> Answer:
        """Answers a request and starts the work; never raises. ``body`` is None when something else has read it, as is
        an empty one with a Content-Length."""
        answer, work = self._accept(body, headers, method, None)
        return _FAILED if work and self._waits and not work.result() else answer

    async def receive_async(self, body: Optional[bytes], headers: Mapping[str, str], method: str = "POST") -> Answer:
        """The same on an event loop, which it does not block, whatever ``log`` and the store do."""
        loop = asyncio.get_running_loop()
        answer, work = await loop.run_in_executor(None, self._accept, body, headers, method, loop)
        well = await asyncio.shield(asyncio.wrap_future(work)) if work and self._waits else True
        return answer if well else _FAILED

    def drain(self, timeout: Optional[float] = None) -> bool:
        """Ends gracefully: from now on requests get 503, which the sender retries. True when all handlers under way
        have ended within ``timeout`` seconds. On an event loop use drain_async."""
        self._draining = True
        return not concurrent.futures.wait(list(self._pending), timeout).not_done

    async def drain_async(self) -> None:
        """The same on an event loop; waits as long as the handlers take."""
        self._draining = True
        await asyncio.gather(*map(asyncio.wrap_future, list(self._pending)), return_exceptions=True)

    def wsgi(self, environ: Dict[str, Any], start_response: Callable[..., Any]) -> List[bytes]:
        """This receiver as a WSGI application."""
        length, limit = environ.get("CONTENT_LENGTH") or "", self._bytes_max + 1
        sent = {key[5:].replace("_", "-"): value for key, value in environ.items() if key.startswith("HTTP_")}
        sent["content-length"] = length
        size = int(length) if length.isdecimal() else limit if environ.get("wsgi.input_terminated") else 0
        body = environ["wsgi.input"].read(min(size, limit)) if size > 0 else b""
        answer = self.receive(body, sent, environ["REQUEST_METHOD"])
        content = answer.body.encode()
        headers = [*answer.headers.items(), ("Content-Length", str(len(content)))]
        start_response(f"{answer.status} {http.HTTPStatus(answer.status).phrase}", headers)
        return [content]

    @property
    def asgi(self) -> Callable[..., Any]:
        """This receiver as an ASGI application. Its lifespan ends when all handlers have."""
        # A function, because uvicorn takes a method for ASGI 2.
        async def app(scope: Mapping[str, Any], receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
            if scope["type"] == "lifespan":
                await receive()
                await send({"type": "lifespan.startup.complete"})
                await receive()
                await self.drain_async()
                return await send({"type": "lifespan.shutdown.complete"})
            if scope["type"] != "http":
                raise RuntimeError(f"a webhook receiver speaks http, not {scope['type']}")
            headers: Dict[str, str] = {}
            for key, value in scope["headers"]:
                name, text = key.decode("latin-1").lower(), value.decode("latin-1")
                headers[name] = f"{headers[name]}, {text}" if name in headers else text
            body, more = bytearray(), True
            while more and len(body) <= self._bytes_max:
                message = await receive()
                body += message.get("body", b"")
                more = message.get("more_body", False)
            answer = await self.receive_async(bytes(body), headers, scope["method"])
            content = answer.body.encode()
            sent = {**answer.headers, "Content-Length": str(len(content))}
            raw = [(name.lower().encode(), value.encode()) for name, value in sent.items()]
            await send({"type": "http.response.start", "status": answer.status, "headers": raw})
            await send({"type": "http.response.body", "body": content})
        return app

    def _accept(
        self, body: Optional[bytes], headers: Mapping[str, str], method: str, loop: Optional[asyncio.AbstractEventLoop]
    ) -> Tuple[Answer, Optional[_Work]]:
        """The answer, and the work when it was started. In one step: a request that is cancelled in between would leave
        its delivery claimed for ever, and not handled."""
        if method != "POST":
            return _answer(405, "POST only", Allow="POST"), None
        if self._draining:
            return _answer(503, "stopping", **{"Retry-After": "10"}), None
        try:
            if body is not None and len(body) > self._bytes_max:
                _fail("body.too_large", f"The body has more than {self._bytes_max} bytes.")
            length = _header(headers, "content-length") or ""
            if length.isdecimal() and len(body or b"") < int(length):
                if body:
                    _fail("body.incomplete", f"The sender left after {len(body)} of {length} bytes.")
                body = None
            webhook = self._verify(body, headers, self._secret() if callable(self._secret) else self._secret)
        except WebhookVerificationError as error:
            if _status_of(error.code) == 500:
                self._report(error, None)
            self._attempt(None, self._log, {"outcome": "refused", "code": error.code, "message": str(error)})
            return _answer(_status_of(error.code), error.code), None
        except Exception as error:  # of the function that gives the secrets
            self._report(error, None)
            return _answer(500, "error"), None
        delivery_id, claim = webhook.delivery_id, "running"
        try:
            if delivery_id not in self._handled_here:
                claim = self._store.claim(delivery_id, self._lease_seconds)
        except Exception as error:
            self._report(error, webhook)
            self._write("unavailable", webhook)
            return _answer(503, "unavailable"), None
        if claim != "claimed":
            self._write("duplicate", webhook)
            # Who waits for the handler must not be told of success before it is one.
            return _answer(409, "running") if claim == "running" and self._waits else _answer(200, "duplicate"), None
        self._handled_here.add(delivery_id)
        self._write("accepted", webhook)
        return _answer(200, "ok"), self._start(webhook, loop)

    def _handle(self, webhook: VerifiedWebhook) -> bool:
        began, error = time.monotonic(), None
        try:
            self._on_event(webhook.event, webhook.delivery_id)
        except BaseException as caught:  # a handler that calls sys.exit() has failed too
            error = caught
        return self._end(webhook, began, error)

    async def _handle_async(self, webhook: VerifiedWebhook) -> bool:
        began, error = time.monotonic(), None
        try:
            await self._on_event(webhook.event, webhook.delivery_id)
        except BaseException as caught:  # one that was cancelled has failed too
            error = caught
        # In a thread, since the store may block.
        return await asyncio.get_running_loop().run_in_executor(None, self._end, webhook, began, error)

    def _end(self, webhook: VerifiedWebhook, began: float, error: Optional[BaseException]) -> bool:
        if error is None:
            self._attempt(webhook, self._store.complete, webhook.delivery_id, self._keep_seconds)
        else:
            self._report(error, webhook)
            self._attempt(webhook, self._store.release, webhook.delivery_id)
        self._handled_here.discard(webhook.delivery_id)
        outcome, took = "handled" if error is None else "failed", time.monotonic() - began
        self._write(outcome, webhook, duration_ms=round(took * 1_000))
        return error is None

    def _write(self, outcome: str, webhook: VerifiedWebhook, **more: Any) -> None:
        line = {"outcome": outcome, "delivery_id": webhook.delivery_id, "type": webhook.event["type"], **more}
        self._attempt(webhook, self._log, line)

    def _attempt(self, webhook: Optional[VerifiedWebhook], work: Callable[..., Any], *arguments: Any) -> None:
        try:
            work(*arguments)
        except Exception as error:
            self._report(error, webhook)

    def _report(self, error: BaseException, webhook: Optional[VerifiedWebhook]) -> None:
        try:
            self._on_error(error, webhook)
        except Exception:
            _log.exception("on_error failed")  # a reporter that fails itself must not end the request

    def _start(self, webhook: VerifiedWebhook, loop: Optional[asyncio.AbstractEventLoop]) -> "_Work":
        if not inspect.iscoroutinefunction(self._on_event):
            work = self._pool.submit(self._handle, webhook)
        elif loop:
            work = asyncio.run_coroutine_threadsafe(self._handle_async(webhook), loop)
        else:
            work = self._pool.submit(lambda: asyncio.run(self._handle_async(webhook)))
        self._pending.add(work)
        work.add_done_callback(self._pending.discard)
        return work


def _answer(status: int, text: str, **headers: str) -> Answer:
    return Answer(text, status, {"Content-Type": "text/plain", **headers})


_FAILED = _answer(500, "failed")


def _status_of(code: str) -> int:
    """5xx for what the owner of the receiver has to mend; 401 for what does not prove that it is from your server."""
    if code == "body.too_large":
        return 413
    if code == "body.parsed" or code.startswith("secret."):
        return 500
    return 400 if code.startswith("body.") else 401
