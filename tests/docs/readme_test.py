"""The README's snippets run as they stand, against the release build."""
import os
import re
import shutil
import subprocess
import sys

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, 'build', 'release')


def snippets(language):
    with open(os.path.join(ROOT, 'README.md'), encoding='utf-8') as file:
        return re.findall(r'^```%s\n(.*?)^```' % language, file.read(), re.MULTILINE | re.DOTALL)


@pytest.fixture
def checkout(tmp_path):
    """A folder that looks like the project's root, to write into."""
    os.symlink(os.path.join(ROOT, 'examples'), tmp_path / 'examples')
    return tmp_path


def check(command, folder, **variables):
    done = subprocess.run(command, cwd=folder, env={**os.environ, **variables}, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def assert_is_model(path):
    with open(path, 'rb') as file:
        assert file.read(8)[4:] == b'TFL3'


def test_the_commands_run(checkout):
    path = os.path.join(BUILD, 'bin') + os.pathsep + os.environ['PATH']
    convert, judge = snippets('sh')
    assert 'CONV_2D' in check(['sh', '-euc', convert], checkout, PATH=path)
    assert_is_model(checkout / 'digits.tflite')
    assert 'Recommended: int8' in check(['sh', '-euc', judge], checkout, PATH=path)
    assert (checkout / 'digits.html').exists()


def test_the_python_program_runs(checkout):
    pytest.importorskip('zeropoint')
    [program] = snippets('python')
    check([sys.executable, '-c', program], checkout)
    assert_is_model(checkout / 'digits.tflite')


def test_the_cpp_program_compiles_and_runs(checkout):
    [program] = snippets('cpp')
    (checkout / 'main.cpp').write_text(program)
    absl = subprocess.run(['pkg-config', '--libs', 'absl_status', 'absl_statusor', 'absl_strings', 'absl_span', 'absl_cord'],
                          check=True, capture_output=True, text=True).stdout.split()
    launcher = [ccache] if (ccache := shutil.which('ccache')) else []
    check([*launcher, 'c++', '-std=c++20', '-I' + os.path.join(ROOT, 'include'), '-c', 'main.cpp', '-o', 'main.o'], checkout)
    check(['c++', 'main.o', '-o', 'main', os.path.join(BUILD, 'lib', 'libzeropoint_cpp.a'), *absl, '-pthread'], checkout)
    check(['./main'], checkout)
    assert_is_model(checkout / 'digits.tflite')
