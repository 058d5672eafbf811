"""The debugger names a planted defect first, and its line mends it; run_planted.py says how."""
import pytest

import run_planted

pytestmark = pytest.mark.skipif(not run_planted.available(), reason='needs ../shared and ai-edge-litert')


# Known to fall short: with two samples of kws_dscnn_f32 the debugger names no cause, though 5 dB are lost on other samples.
FALLS_SHORT = {'two-samples'}


@pytest.mark.parametrize('case', [
    pytest.param(case, marks=[pytest.mark.xfail(strict=True)] if case in FALLS_SHORT else []) for case in sorted(run_planted.CASES)])
def test_the_debugger_names_and_mends(case):
    assert run_planted.check(case)
