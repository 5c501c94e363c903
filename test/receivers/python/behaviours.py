"""What the suite over HTTP does not show. `behaviours.py <verify block> <store block>`: two files from README."""
import asyncio
import io
import runpy
import sys
import tempfile
import threading
import time
import unittest

from ringback_receiver import MemoryStore, Receiver, WebhookVerificationError, verify

VERIFY_BLOCK, STORE_BLOCK = sys.argv.pop(1), sys.argv.pop(1)
SECRET = "correct horse battery staple"


def signed(body, delivery_id="1", secret=SECRET):
    import base64, hashlib, hmac  # noqa: E401  of its own, so as to share nothing with the receiver

    timestamp = str(int(time.time()))
    key = hmac.new(secret.encode(), f"{delivery_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    signature = "v1," + base64.b64encode(key).decode()
    return {"webhook-id": delivery_id, "webhook-timestamp": timestamp, "webhook-signature": signature}


BODY = b'{"id":"1","status":"success","type":"content_translate"}'


class Verify(unittest.TestCase):
    def test_takes_all_kinds_of_bytes_and_the_clock_of_the_machine(self):
        for body in (BODY, bytearray(BODY), memoryview(BODY), BODY.decode()):
            self.assertEqual(verify(body, signed(BODY), SECRET).event["type"], "content_translate")

    def test_says_of_a_parsed_body_what_to_do(self):
        for body in ({"type": "x"}, None):
            with self.assertRaisesRegex(WebhookVerificationError, "get_data") as caught:
                verify(body, signed(BODY), SECRET)
            self.assertEqual(caught.exception.code, "body.parsed")

    def test_refuses_a_scheme_that_there_is_not(self):
        with self.assertRaisesRegex(ValueError, "scheme"):
            verify(BODY, signed(BODY), SECRET, scheme="X-Signature")

    def test_what_python_reads_and_json_is_not(self):
        for text in (b'{"type":"x","n":NaN}', b'{"type":"x","n":-Infinity}', b'{"type":"x","n":' + b"[" * 100_000):
            with self.assertRaises(WebhookVerificationError) as caught:
                verify(text, signed(text), SECRET)
            self.assertEqual(caught.exception.code, "body.malformed")

    def test_the_block_of_readme(self):
        delivery_of = runpy.run_path(VERIFY_BLOCK)["delivery_of"]
        self.assertEqual(delivery_of(BODY, signed(BODY, "7"), [SECRET]), "7")
        self.assertEqual(delivery_of(BODY, signed(BODY), ["another"]), "refused: signature.mismatch")


class Stores(unittest.TestCase):
    def check(self, store):
        self.assertEqual([store.claim("a", 60), store.claim("a", 60), store.claim("b", 60)], ["claimed", "running", "claimed"])
        store.release("a")
        store.release("never there")
        store.complete("b", 60)
        self.assertEqual([store.claim("a", -1), store.claim("b", 60)], ["claimed", "done"])
        self.assertEqual(store.claim("a", 60), "claimed")  # that lease was over

    def test_memory(self):
        self.check(MemoryStore())
        few = MemoryStore(ids_max=2)
        self.assertEqual([few.claim(name, 60) for name in "abca"], ["claimed"] * 4)
        self.assertEqual(few.claim("c", 60), "running")

    def test_the_block_of_readme(self):
        with tempfile.TemporaryDirectory() as folder:
            self.check(runpy.run_path(STORE_BLOCK)["SqliteStore"](folder + "/deliveries.db"))


class Receive(unittest.TestCase):
    def test_of_many_at_once_with_one_id_one_is_handled(self):
        handled, answers = [], []
        receiver = Receiver(SECRET, lambda event, delivery_id: handled.append(delivery_id))
        headers = signed(BODY)
        threads = [threading.Thread(target=lambda: answers.append(receiver.receive(BODY, headers).body)) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertTrue(receiver.drain())
        self.assertEqual((sorted(answers)[:2], answers.count("ok"), len(handled)), (["duplicate", "duplicate"], 1, 1))

    def test_draining_waits_for_handlers_and_answers_503(self):
        gate = threading.Event()
        receiver = Receiver(SECRET, lambda *event: gate.wait())
        self.assertEqual(receiver.receive(BODY, signed(BODY)).status, 200)
        self.assertFalse(receiver.drain(timeout=0.01))
        answer = receiver.receive(BODY, signed(BODY, "2"))
        self.assertEqual((answer.status, answer.headers["Retry-After"]), (503, "10"))
        gate.set()
        self.assertTrue(receiver.drain())

    def test_draining_on_a_loop_waits_for_coroutines(self):
        ended = []

        async def handle(event, delivery_id):
            await asyncio.sleep(0.01)
            ended.append(delivery_id)

        async def main():
            receiver = Receiver(SECRET, handle)
            self.assertEqual((await receiver.receive_async(BODY, signed(BODY))).status, 200)
            self.assertEqual(ended, [])
            await receiver.drain_async()
            self.assertEqual(ended, ["1"])

        asyncio.run(main())

    def test_a_request_that_is_cancelled_while_it_is_accepted_is_handled_or_can_come_again(self):
        handled, asked, go, accepted = [], *(threading.Event() for _ in range(3))

        class Slow(MemoryStore):
            def claim(self, delivery_id, lease_seconds):
                asked.set()
                go.wait()
                return super().claim(delivery_id, lease_seconds)

        async def main():
            log = lambda line: accepted.set()  # noqa: E731
            receiver = Receiver(SECRET, lambda event, delivery_id: handled.append(delivery_id), store=Slow(), log=log)
            request = asyncio.ensure_future(receiver.receive_async(BODY, signed(BODY)))
            await asyncio.to_thread(asked.wait)
            request.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await request
            go.set()
            await asyncio.to_thread(accepted.wait)
            self.assertEqual((await receiver.receive_async(BODY, signed(BODY))).status, 200)
            await receiver.drain_async()

        asyncio.run(main())
        self.assertEqual(handled, ["1"])

    def test_a_coroutine_runs_without_a_loop_too(self):
        ended = []

        async def handle(event, delivery_id):
            ended.append(delivery_id)

        receiver = Receiver(SECRET, handle)
        receiver.receive(BODY, signed(BODY))
        receiver.drain()
        self.assertEqual(ended, ["1"])

    def test_a_log_a_store_and_a_reporter_that_fail_end_no_request(self):
        def fail(*_):
            raise RuntimeError("broken")

        class Broken:
            claim = complete = release = fail

        errors = []
        receiver = Receiver(SECRET, print, log=fail, on_error=lambda *error: errors.append(error), store=Broken())
        self.assertEqual(receiver.receive(BODY, signed(BODY)).status, 503)
        self.assertEqual(receiver.receive(BODY, {}).status, 401)
        self.assertEqual([str(error) for error, _ in errors], ["broken"] * 3)
        with self.assertLogs("ringback_receiver"):
            self.assertEqual(Receiver(SECRET, print, log=fail, on_error=fail).receive(BODY, {}).status, 401)

    def test_a_secret_that_is_none_is_said_at_the_start_or_answered_with_500(self):
        for secret, code in (
            (None, "secret.missing"),
            ([], "secret.missing"),
            ("whsec_x", "secret.malformed"),
            (["whpk_x", SECRET], "secret.malformed"),
        ):
            with self.assertRaises(WebhookVerificationError) as caught:
                Receiver(secret, print)
            self.assertEqual(caught.exception.code, code)
            errors = []
            receiver = Receiver(lambda: secret, print, on_error=lambda *error: errors.append(error))
            self.assertEqual(receiver.receive(BODY, signed(BODY))[:2], (code, 500))
            self.assertEqual(len(errors), 1)

    def test_an_answer_after_the_handler_says_how_it_ended(self):
        outcomes = [RuntimeError("no"), None]
        lines = []

        def on_event(event, delivery_id):
            self.assertEqual(receiver.receive(BODY, signed(BODY)).status, 409)  # the same, meanwhile
            if outcome := outcomes.pop(0):
                raise outcome

        options = {"answer": "after-handler", "log": lines.append, "on_error": lambda *error: None}
        receiver = Receiver(SECRET, on_event, **options)
        answers = [receiver.receive(BODY, signed(BODY))[:2] for _ in range(3)]
        self.assertEqual(answers, [("failed", 500), ("ok", 200), ("duplicate", 200)])
        outcomes_logged = [line["outcome"] for line in lines]
        self.assertEqual(outcomes_logged, ["accepted", "duplicate", "failed", "accepted", "duplicate", "handled", "duplicate"])

    def test_wsgi_whose_body_something_else_has_read(self):
        environ = {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(len(BODY)), "wsgi.input": io.BytesIO()}
        environ.update({"HTTP_" + name.upper().replace("-", "_"): value for name, value in signed(BODY).items()})
        statuses = []
        start_response = lambda status, headers: statuses.append(status)  # noqa: E731
        self.assertEqual(Receiver(SECRET, print).wsgi(environ, start_response), [b"body.parsed"])
        environ["wsgi.input"] = io.BytesIO(BODY)
        self.assertEqual(Receiver(SECRET, lambda *event: None).wsgi(environ, start_response), [b"ok"])
        del environ["CONTENT_LENGTH"]
        environ.update({"wsgi.input": io.BytesIO(BODY), "wsgi.input_terminated": True})
        self.assertEqual(Receiver(SECRET, lambda *event: None).wsgi(environ, start_response), [b"ok"])
        environ.update({"wsgi.input": io.BytesIO(BODY[:5]), "CONTENT_LENGTH": str(len(BODY))})
        self.assertEqual(Receiver(SECRET, print).wsgi(environ, start_response), [b"body.incomplete"])
        self.assertEqual(statuses, ["500 Internal Server Error", "200 OK", "200 OK", "400 Bad Request"])

    def test_a_body_that_is_shorter_than_was_said_is_incomplete_or_was_read(self):
        lines = []
        receiver = Receiver(SECRET, print, log=lines.append, on_error=lambda *error: None)
        headers = {**signed(BODY), "Content-Length": str(len(BODY))}
        answers = [receiver.receive(body, headers)[:2] for body in (BODY[:5], b"", None)]
        self.assertEqual(answers, [("body.incomplete", 400), ("body.parsed", 500), ("body.parsed", 500)])
        self.assertEqual([line["code"] for line in lines], ["body.incomplete", "body.parsed", "body.parsed"])

    def test_asgi_whose_sender_leaves_in_the_middle(self):
        messages = [{"type": "http.request", "body": BODY[:5], "more_body": True}, {"type": "http.disconnect"}]
        sent = []

        async def receive():
            return messages.pop(0)

        async def send(message):
            sent.append(message)

        headers = [(b"content-length", str(len(BODY)).encode())]
        scope = {"type": "http", "method": "POST", "headers": headers}
        asyncio.run(Receiver(SECRET, print).asgi(scope, receive, send))
        self.assertEqual((sent[0]["status"], sent[1]["body"]), (400, b"body.incomplete"))


unittest.main()
