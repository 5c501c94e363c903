import importlib.util
import json
import sys

spec = importlib.util.spec_from_file_location("guide", sys.argv[1])
guide = importlib.util.module_from_spec(spec)
spec.loader.exec_module(guide)
cases = json.load(sys.stdin)
print(json.dumps([guide.is_genuine(case["body"].encode(), case["signature"], case["secret"]) for case in cases]))
