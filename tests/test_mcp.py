"""`litproof mcp`, asked by the client of the official SDK."""

import json
import subprocess
import sys

import pytest

from litproof import __version__, example_problem
from litproof.problem_file import write_problem

pytest.importorskip("mcp.server.mcpserver", reason="needs the extra mcp: pip install 'litproof[mcp]'")

import anyio
from mcp import Client, StdioServerParameters

from litproof.commands.mcp_server import make_server

PROBLEM = {
    "schema": 1,
    "network": {"kind": "diagonal", "depth": 2},
    "task": {"kind": "regression"},
    "data": {"X": [["1", "2"]], "y": ["1"]},
    "init": {"scale": "1/2", "v": [["1", "1"], ["0", "0"]]},
}
TOOLS = {"limit", "conserved", "bias", "verify", "falsify", "derive", "check", "claims"}


def ask(*calls, server=None):
    """The results of calls (name, arguments), one after the other, with one client."""

    async def talk():
        async with Client(server or make_server()) as client:
            return [await client.call_tool(name, arguments) for name, arguments in calls]

    return anyio.run(talk)


def text_of(result):
    return result.content[0].text


def test_tools_have_schemas_and_say_what_they_do():
    async def talk():
        async with Client(make_server()) as client:
            return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in anyio.run(talk)}
    assert set(tools) == TOOLS
    for tool in tools.values():
        assert len(tool.description) > 40
        for name, schema in tool.input_schema["properties"].items():
            assert "description" in schema, (tool.name, name)
    digits = tools["limit"].input_schema["properties"]["digits"]
    assert (digits["minimum"], digits["maximum"]) == (4, 1000)
    assert tools["limit"].input_schema["required"] == ["problem"]


def test_limit_conserved_and_bias_of_a_problem():
    toml = write_problem(example_problem("regression"))
    limit, again, laws, verdict = ask(
        ("limit", {"problem": PROBLEM, "digits": 20}),
        ("limit", {"problem": toml, "digits": 12}),
        ("conserved", {"problem": PROBLEM}),
        ("bias", {"problem": PROBLEM}),
    )
    assert not limit.is_error, text_of(limit)
    found = limit.structured_content
    assert found["digits"] == 20 and len(found["beta"]) == 2 and found["evidence"] == "certified"
    assert again.structured_content["beta"][0].startswith("0.1418438758")
    assert laws.structured_content["complete"] is True
    assert verdict.structured_content["verdict"] == "potential"


def test_verify_falsify_derive_and_list():
    true = {"schema": 1, "claim": {"id": "own/true", "minimises": "sum(hypentropy(beta[j], 1/2))"}}
    false = {"schema": 1, "claim": {"id": "own/false", "minimises": "sum(beta[j]^4)"}}
    catalogue, own, refuted, broken, tex, listed = ask(
        ("verify", {"claims": ["ykm/regression-limit"], "problem": PROBLEM, "digits": 12}),
        ("verify", {"own_claim": true, "problem": PROBLEM, "digits": 12}),
        ("verify", {"own_claim": false, "problem": PROBLEM, "digits": 12, "details": True}),
        ("falsify", {"claim": "ykm/linear-model", "instances": 3}),
        ("derive", {"claim": "ykm/linear-model"}),
        ("claims", {}),
    )
    assert not catalogue.is_error, text_of(catalogue)
    (entry,) = catalogue.structured_content["claims"]
    assert entry["status"] == "verified" and "details" not in entry
    assert own.structured_content["claims"][0]["id"] == "own/true"
    (entry,) = refuted.structured_content["claims"]
    assert entry["status"] == "refuted" and entry["details"] and refuted.structured_content["exit code"] == 1
    assert not broken.is_error, text_of(broken)
    assert text_of(tex).startswith(r"\documentclass")
    assert "ykm/linear-model" in {claim["id"] for claim in listed.structured_content["claims"]}


def test_check_accepts_and_refuses(tmp_path):
    problem = tmp_path / "problem.json"
    problem.write_text(json.dumps(PROBLEM))
    subprocess.run(
        [sys.executable, "-m", "litproof", "limit", str(problem), "--certificate", str(tmp_path / "c.json")],
        check=True,
        capture_output=True,
    )
    certificate = json.loads((tmp_path / "c.json").read_text())
    changed = {**certificate, "y": ["2"]}
    good, bad, no = ask(
        ("check", {"certificate": certificate}),
        ("check", {"certificate": changed}),
        ("check", {"certificate": {"x": 1}}),
    )
    assert good.structured_content["accepted"] is True and "beta = (" in good.structured_content["says"]
    assert bad.structured_content["accepted"] is False
    assert no.is_error and "expected a certificate" in text_of(no)


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("limit", {"problem": {**PROBLEM, "data": {"X": [[0.5, "2"]], "y": ["1"]}}}, "data.X"),
        ("limit", {"problem": {"schema": 1}}, "problem.json: "),
        ("limit", {"problem": "schema = 1\n[network"}, "problem.toml: expected valid TOML"),
        ("limit", {"problem": PROBLEM, "digits": 3}, "greater than or equal to 4"),
        ("verify", {"claims": ["no/such"]}, "no claim 'no/such'"),
        ("verify", {"claims": ["/etc/passwd.py"]}, "expected an id"),
        ("verify", {"claims": ["--html=x"]}, "expected an id"),
        ("verify", {}, "expected claims"),
        ("derive", {"claim": "R2", "problem": PROBLEM}, "expected a claim or a problem"),
        ("falsify", {}, "expected a claim"),
    ],
)
def test_errors_are_one_line_as_on_the_command_line(name, arguments, words):
    (result,) = ask((name, arguments))
    assert result.is_error and words in text_of(result), text_of(result)
    if "greater than" not in words:  # those of the schema are the SDK's
        assert "\n" not in text_of(result) and "Traceback" not in text_of(result)


def test_a_budget_ends_a_call():
    slow = {**PROBLEM, "data": {"X": [["1", "2"]], "y": ["1"]}, "network": {"kind": "diagonal", "depth": 3},
            "init": {"scale": "1/2", "v": [["1", "1"], ["1", "1"], ["0", "0"]]}}  # fmt: skip
    (result,) = ask(("verify", {"problem": slow, "digits": 1000, "seconds": 1}))
    if result.is_error:
        assert "cut off after 1 s" in text_of(result)
    else:
        assert result.structured_content["exit code"] == 3 and not result.structured_content["complete"]


def test_the_command_serves_on_standard_input_and_output():
    server = StdioServerParameters(command=sys.executable, args=["-m", "litproof", "mcp"])
    (result,) = ask(("limit", {"problem": PROBLEM, "digits": 10}), server=server)
    assert result.structured_content["digits"] == 10


def test_the_command_line_stays_light():
    code = (
        "import sys\nfrom litproof.cli import program\nprogram.get_command(None, 'mcp')\n"
        "print(sorted({'mcp', 'pydantic', 'anyio', 'sympy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]" and __version__
