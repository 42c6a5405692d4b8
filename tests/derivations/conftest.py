import importlib.util
import sys
from pathlib import Path

import pytest

COQ = Path(__file__).resolve().parents[2] / "derivations" / "coq"


def load(name):
    spec = importlib.util.spec_from_file_location(f"coq_{name}", COQ / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def coq():
    return COQ


@pytest.fixture(scope="session")
def checking():
    return load("check")


@pytest.fixture(scope="session")
def generating():
    return load("generate_instance")
