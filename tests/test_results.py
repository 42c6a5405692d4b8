from litproof.results import Evidence


def test_evidence_is_ordered_from_numeric_to_kernel():
    names = ["numeric", "agreed", "certified", "exact", "kernel"]
    assert [str(level) for level in sorted(Evidence)] == names
    assert min(Evidence.EXACT, Evidence.AGREED) is Evidence.AGREED
    assert [Evidence[name.upper()] for name in names] == sorted(Evidence)
