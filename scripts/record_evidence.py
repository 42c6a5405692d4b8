"""Record what the evidence of the catalogue rests on, from a run of all of it, for `litproof show`.

litproof verify --json REPORT.json && python scripts/record_evidence.py REPORT.json
"""

import argparse
import json
from pathlib import Path

from litproof.report.recorded import RECORD


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("report", type=Path)
    report = json.loads(parser.parse_args().report.read_text("utf-8"))
    if not report["complete"]:
        parser.error("the run was interrupted: record a whole one")
    claims = {
        claim["id"]: {
            "evidence": claim["evidence"],
            "instances": claim["instances"],
            **({"not proved": claim["not proved"]} if "not proved" in claim else {}),
        }
        for claim in report["claims"]
        if claim["status"] == claim.get("expected", "verified")
    }
    record = {"digits": report["digits"], "claims": claims}
    RECORD.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
