"""The debugger names a planted defect first, and its line mends it; run_planted.py says how."""
import pytest

import run_planted

pytestmark = pytest.mark.skipif(not run_planted.available(), reason='needs ../shared and ai-edge-litert')


@pytest.mark.parametrize('case', sorted(run_planted.CASES))
def test_the_debugger_names_and_mends(case):
    assert run_planted.check(case)
