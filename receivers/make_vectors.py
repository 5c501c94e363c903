"""Makes vectors.json, the cases that every receiver library must judge alike.

Signs with Python's own hmac and nothing of Ringback: run `python3 make_vectors.py > vectors.json`.
"""
import base64
import hashlib
import hmac
import json

NOW = 1_767_225_600  # 2026-01-01T00:00:00Z
TOLERANCE = 300
ID = "019b76da-a800-7000-8000-000000000001"
STANDARD = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OTHER_STANDARD = "whsec_" + base64.b64encode(bytes(range(32, 64))).decode()
RAW = "correct horse battery staple"
OTHER_RAW = "a secret of somebody else"
BODY = '{"id":"bf683177-3a48-47d1-9c4e-0b4de39517fa","status":"success","type":"content_translate"}'

BODIES = {
    "the announcement's body without a result": BODY,
    "the announcement's body with a result": BODY[:-1]
    + ',"result":{"content":"ciao","from_language":"English","to_language":"Italian"}}',
    "a failed job": '{"id":"1","status":"failed","type":"content_translate",'
    + '"error":{"code":"job.cancelled","message":"The job was cancelled."},"result":null}',
    "an operational event": '{"type":"webhook.failing","timestamp":"2026-01-01T00:00:00.000Z",'
    + '"data":{"webhook_id":null,"webhook_name":null,"url":"https://receiver.example","reason":null}}',
    "unicode": BODY[:-1] + ',"result":{"größer":"😀 日本語 \u2028\u2029 e\u0301 \ufeff"}}',
    "escapes": BODY[:-1] + r',"result":"\ud800 \u0000 \\ \/ \" \n </script>"}',
    "numbers that floats do not hold": BODY[:-1]
    + ',"result":[9007199254740993,1e400,-0,1.0,0.1000000000000000055511151231257827]}',
    "keys that repeat and white space": '{ "type" : "x", "type" : "content_translate",\r\n "status":"success", "id":"1" }\n',
    "a large result": [[BODY[:-1] + ',"result":"', 1], ["größer ", 32_000], ['"}', 1]],
}

NO_EVENTS = {
    "an empty body": "",
    "text that is not JSON": "status=success",
    "JSON that is not an object": "[]",
    "null": "null",
    "an object without a type": "{}",
    "an object whose type is not text": '{"type":1}',
    "bytes that are not UTF-8": b'{"type":"content_translate","result":"\xff"}',
    "a byte order mark": "\ufeff" + BODY,
}


def body_bytes(body):
    if isinstance(body, list):
        return "".join(text * times for text, times in body).encode()
    return body.encode() if isinstance(body, str) else body


def x_signature(secret, body):
    return hmac.new(secret.encode(), body_bytes(body), hashlib.sha256).hexdigest()


def standard_signature(secret, body, timestamp=NOW, delivery_id=ID):
    key = base64.b64decode(secret[6:]) if secret.startswith("whsec_") else secret.encode()
    signed = f"{delivery_id}.{timestamp}.".encode() + body_bytes(body)
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def standard_headers(secret=STANDARD, body=BODY, timestamp=NOW, delivery_id=ID):
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": standard_signature(secret, body, timestamp, delivery_id),
    }


def both(secret, body, **options):
    return {"X-Signature": x_signature(secret, body), **standard_headers(secret, body, **options)}


def case(name, expected, headers, scheme="standard", secrets=(STANDARD,), body=BODY):
    shape = "body_parts" if isinstance(body, list) else "body" if isinstance(body, str) else "body_base64"
    shown = base64.b64encode(body).decode() if shape == "body_base64" else body
    return {
        "name": name,
        "scheme": scheme,
        "secrets": list(secrets),
        "headers": headers,
        shape: shown,
        "expected": expected,
    }


def without(headers, name):
    return {key: value for key, value in headers.items() if key != name}


def good_cases():
    for what, body in BODIES.items():
        for secret in (STANDARD, RAW):
            kind = "whsec_" if secret == STANDARD else "raw"
            for scheme in ("standard", "x-signature"):
                yield case(f"{what}, {kind} secret, {scheme}", "ok", both(secret, body), scheme, [secret], body)
    key = "schlüssel-鍵-🔑"
    for scheme in ("standard", "x-signature"):
        yield case(f"a secret outside of ASCII, {scheme}", "ok", both(key, BODY), scheme, [key])
        yield case(f"the second of two secrets, {scheme}", "ok", both(RAW, BODY), scheme, [STANDARD, RAW])
    rotating = standard_headers()
    rotating["webhook-signature"] += " " + standard_signature(OTHER_STANDARD, BODY)
    yield case("rotation: two signatures, the new secret", "ok", rotating)
    yield case("rotation: two signatures, the old secret", "ok", rotating, secrets=[OTHER_STANDARD])
    mixed = {**standard_headers(), "webhook-signature": "v1a,AAAA v1,short " + standard_signature(STANDARD, BODY)}
    yield case("signatures of other versions beside it", "ok", mixed)
    named = {name.title(): value for name, value in standard_headers().items()}
    yield case("header names in other case", "ok", named)
    upper = {"X-SIGNATURE": x_signature(RAW, BODY).upper()}
    yield case("X-Signature in upper case", "ok", upper, "x-signature", [RAW])
    yield case("either: Standard Webhooks headers alone", "ok", standard_headers(), "either")
    yield case("either: X-Signature alone", "ok", {"X-Signature": x_signature(RAW, BODY)}, "either", [RAW])
    for timestamp in (NOW - TOLERANCE, NOW + TOLERANCE):
        yield case(f"as far away as allowed: {timestamp}", "ok", standard_headers(timestamp=timestamp))


def bad_cases():
    for what, body in NO_EVENTS.items():
        yield case(what, "body.malformed", both(STANDARD, body), body=body)
    tampered = BODY.replace("success", "failed")
    for scheme in ("standard", "x-signature", "either"):
        yield case(f"a tampered body, {scheme}", "signature.mismatch", both(STANDARD, BODY), scheme, body=tampered)
        yield case(f"what is not JSON and not signed, {scheme}", "signature.mismatch", both(STANDARD, BODY), scheme, body="{")
        yield case(f"a wrong secret, {scheme}", "signature.mismatch", both(OTHER_RAW, BODY), scheme)
        yield case(f"no secret, {scheme}", "secret.missing", both(STANDARD, BODY), scheme, [])
        yield case(f"an empty secret, {scheme}", "secret.missing", both("", BODY), scheme, [""])
        yield case(f"no headers, {scheme}", "signature.missing", {}, scheme)
    for secret in ("whsec_", "whsec_%%%%", "whsec_AAA", "whsec_AAB="):
        yield case(f"the secret {secret}", "secret.malformed", standard_headers(), secrets=[secret])
    yield case("X-Signature alone where Standard Webhooks is asked for", "signature.missing", {"X-Signature": x_signature(STANDARD, BODY)})
    yield case("either: a right X-Signature does not mend the others", "signature.mismatch", {**both(STANDARD, BODY), "webhook-signature": standard_signature(OTHER_RAW, BODY)}, "either")
    yield case("no webhook-id", "id.missing", without(standard_headers(), "webhook-id"))
    yield case("no webhook-timestamp", "timestamp.missing", without(standard_headers(), "webhook-timestamp"))
    yield case("a full stop in webhook-id", "id.malformed", standard_headers(delivery_id="a.1"))
    for name in ("webhook-id", "webhook-timestamp"):
        changed = {**standard_headers(), name: standard_headers()[name][:-1] + "7"}
        yield case(f"another {name}", "signature.mismatch", changed)
    for timestamp in ("abc", "-1", "1.5", "1e9", " 1", "0x10", "١٢٣", "9" * 17):
        yield case(f"the timestamp '{timestamp}'", "timestamp.malformed", standard_headers(timestamp=timestamp))
    yield case("too old", "timestamp.too_old", standard_headers(timestamp=NOW - TOLERANCE - 1))
    yield case("too new", "timestamp.too_new", standard_headers(timestamp=NOW + TOLERANCE + 1))
    for value in ("v1", "v1,", "v1,AAAA", "v2,AAAA", "v1a," + "A" * 88, standard_signature(STANDARD, BODY)[3:], "é"):
        headers = {**standard_headers(), "webhook-signature": value}
        yield case(f"webhook-signature '{value[:12]}'", "signature.malformed", headers)
    hexadecimal = x_signature(STANDARD, BODY)
    for value in (hexadecimal[:-1], hexadecimal + "0", "sha256=" + hexadecimal, "g" * 64, f"{hexadecimal}, {hexadecimal}"):
        yield case(f"X-Signature '{value[:12]}' of {len(value)}", "signature.malformed", {"X-Signature": value}, "x-signature")


def main():
    cases = [*good_cases(), *bad_cases()]
    print('{\n"now_seconds": %d,\n"tolerance_seconds": %d,\n"cases": [' % (NOW, TOLERANCE))
    print(",\n".join(json.dumps(each, ensure_ascii=True) for each in cases))
    print("]\n}")


if __name__ == "__main__":
    main()
