"""Verifies signed webhooks with Python's standard library alone.

Reads a JSON list of {secret, key_base64, headers, body_base64} and prints a JSON list of booleans. Written after the
announcement's sample for X-Signature and after the Standard Webhooks specification for webhook-signature.
"""
import base64
import hashlib
import hmac
import json
import sys


def verify_x_signature(secret, headers, raw_body):
    payload = raw_body.decode("utf-8")
    expected = hmac.new(secret.encode(), payload.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, headers["X-Signature"])


def verify_standard(key, headers, raw_body):
    signed = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), raw_body])
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    passed = headers["webhook-signature"].split(" ")
    return any(hmac.compare_digest("v1," + expected, signature) for signature in passed)


def verify(case):
    raw_body = base64.b64decode(case["body_base64"])
    key = base64.b64decode(case["key_base64"])
    headers = case["headers"]
    return verify_x_signature(case["secret"], headers, raw_body) and verify_standard(key, headers, raw_body)


print(json.dumps([verify(case) for case in json.load(sys.stdin)]))
