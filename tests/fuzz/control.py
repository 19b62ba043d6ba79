# SPDX-License-Identifier: Apache-2.0
"""
The runner finds what is planted: usage: control.py fuzz_planted. For each way to err it must end with 1, say what it is and
keep an input that errs again; without a planted error it must end with 0.
"""
import os
import subprocess
import sys
import tempfile

RUNNER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "run.py")
PLANTED = {
    "heap": "heap-buffer-overflow", "overflow": "signed integer overflow", "abort": "deadly signal",
    "leak": "detected memory leaks", "loop": "timeout after", "idle": "FAILED: only",
}


def run(program, planted, folder, seconds):
    env = {k: v for k, v in os.environ.items() if k != "PLANTED"}
    if planted:
        env["PLANTED"] = planted
    argv = [sys.executable, RUNNER, program, str(seconds), os.path.join(folder, "no-seeds"), os.path.join(folder, "findings")]
    return subprocess.run(argv, capture_output=True, text=True, env=env, timeout=120)


def check(program, planted, says):
    with tempfile.TemporaryDirectory() as folder:
        done = run(program, planted, folder, 3 if planted == "idle" else 30)
        assert done.returncode == 1 and says in done.stdout, f"{planted} was not found:\n{done.stdout}{done.stderr}"
        kept = os.listdir(os.path.join(folder, "findings"))
        if planted == "idle":
            return
        assert kept and "FOUND. See it again" in done.stdout, f"{planted}: no input was kept"
        again = subprocess.run([program, "-timeout=10", os.path.join(folder, "findings", kept[0])], capture_output=True,
                               env=dict(os.environ, PLANTED=planted), timeout=60)
        assert again.returncode != 0, f"{planted}: the input that was kept does not err"


def main():
    for planted, says in PLANTED.items():
        check(sys.argv[1], planted, says)
        print(f"{planted}: found")
    with tempfile.TemporaryDirectory() as folder:
        done = run(sys.argv[1], None, folder, 3)
        assert done.returncode == 0, f"nothing is planted, and yet:\n{done.stdout}"


if __name__ == "__main__":
    main()
