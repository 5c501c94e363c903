#!/usr/bin/env python3
"""A Ringback worker: runs the jobs of a workflow that has "run_by": "worker". Needs only Python 3.8 or newer.

    RINGBACK_API_KEY=rb_... python3 worker.py http://localhost:4400 custom_word_count

Put your own code into work(); everything else stays as it is.
"""

import json
import os
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

HEARTBEAT_SECONDS = 20  # a lease lasts 60 s without one


def work(parameters, documents):
    """Does a job and returns its result. Raise ValueError for input that will never work, anything else to try again.

    documents has the files of a workflow that takes some, by parameter; fetch() gets the bytes of one.
    """
    text = fetch(documents["text"]).decode() if "text" in documents else parameters["text"]
    words = text.split()
    if not words:
        raise ValueError("the text has no words")
    return {"words": len(words), "longest": max(words, key=len)}


def fetch(document):
    """The bytes of a file of the job that is worked on."""
    where = urllib.parse.urlsplit(document["url"])  # its host is the public one; ours may reach the server by another
    request = urllib.request.Request(
        f"{sys.argv[1]}{where.path}?{where.query}", headers={"Authorization": f"Bearer {os.environ['RINGBACK_API_KEY']}"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


def call(path, body):
    """Posts JSON; gives the status and the answer. A server that is away is asked again until it is back."""
    while True:
        request = urllib.request.Request(
            f"{sys.argv[1]}/api/v1/worker/{path}",
            json.dumps(body).encode(),
            {"Authorization": f"Bearer {os.environ['RINGBACK_API_KEY']}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code < 500 and error.code != 429:
                return error.code, json.load(error)
        except OSError as error:
            print(f"the server is away: {error}", file=sys.stderr)
        time.sleep(2)


def run(job, lease_id):
    """Does one leased job, with heartbeats meanwhile, and tells what came of it."""
    ended = threading.Event()

    def beat():
        while not ended.wait(HEARTBEAT_SECONDS):
            status, answer = call(f"jobs/{job['id']}/heartbeat", {"lease_id": lease_id})
            if status != 200:  # cancelled, or leased to another worker after all
                os._exit(75)  # the job is not ours any more: stop working on it, and be started again

    threading.Thread(target=beat, daemon=True).start()
    try:
        what, told = "complete", {"result": work(job["parameters"], job["documents"])}
    except ValueError as error:
        what, told = "fail", {"code": "bad_input", "message": str(error)}
    except Exception as error:  # whatever else goes wrong may go right next time
        what, told = "fail", {"message": repr(error), "retry": True}
    ended.set()
    status, answer = call(f"jobs/{job['id']}/{what}", {"lease_id": lease_id, **told})
    if status == 422:  # the result does not fit the output schema, and never will
        what, told = "fail", {"code": "bad_result", "message": answer["detail"]}
        status, answer = call(f"jobs/{job['id']}/fail", {"lease_id": lease_id, **told})
    print(job["id"], what, answer["status"] if status == 200 else answer["detail"], flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 3 or "RINGBACK_API_KEY" not in os.environ:
        sys.exit(__doc__)
    while True:
        status, lease = call("lease", {"types": [sys.argv[2]], "wait_seconds": 20, "worker": "worker.py"})
        if status != 200:
            sys.exit(f"no lease: {lease['detail']}")
        for leased in lease["jobs"]:
            run(leased, lease["lease_id"])
