"""Judges the shared vectors: reads vectors.json from standard input and prints a JSON list of `ok` or error codes."""
import base64
import json
import sys

from ringback_receiver import WebhookVerificationError, verify

vectors = json.load(sys.stdin)


def bodies_of(case):
    """The body as bytes, and as text where it is text."""
    if "body_base64" in case:
        return [base64.b64decode(case["body_base64"])]
    text = case["body"] if "body" in case else "".join(part * times for part, times in case["body_parts"])
    return [text.encode(), text]


def judge(case, body):
    try:
        verify(
            body,
            case["headers"],
            case["secrets"],
            scheme=case["scheme"],
            tolerance=vectors["tolerance_seconds"],
            now=lambda: vectors["now_seconds"],
        )
        return "ok"
    except WebhookVerificationError as error:
        assert not any(len(secret) > 6 and secret in str(error) for secret in case["secrets"]), "a secret in a message"
        return error.code


answers = []
for case in vectors["cases"]:
    (answer,) = {judge(case, body) for body in bodies_of(case)}
    answers.append(answer)
print(json.dumps(answers))
