# SPDX-License-Identifier: Apache-2.0
"""
Run one fuzzer for so many seconds from its seeds: usage: run.py PROGRAM SECONDS SEEDS FINDINGS.
Ends with 1 on a crash, a leak, a slow input, too much memory, or when hardly anything was tried. What made it fail is kept in the
folder FINDINGS, and the report says how to see it again. What is new and good is forgotten: the seeds are what is kept in git.
"""
import os
import re
import subprocess
import sys
import tempfile

LEAST_RUNS = 500  # a fuzzer that tries less has not started: the slowest tries a hundred times as many in 15 s
OPTIONS = ["-timeout=10", "-rss_limit_mb=2048", "-close_fd_mask=3", "-print_final_stats=1", "-use_value_profile=1"]
SANITIZERS = {
    "ASAN_OPTIONS": "detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1:allocator_may_return_null=1",
    "UBSAN_OPTIONS": "print_stacktrace=1",
}


def main():
    program, seconds, seeds, findings = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
    os.makedirs(findings, exist_ok=True)
    before = set(os.listdir(findings))
    with tempfile.TemporaryDirectory() as corpus, tempfile.TemporaryDirectory() as scratch:
        argv = [program, *OPTIONS, f"-max_total_time={seconds}", f"-artifact_prefix={findings}/", corpus]
        if os.path.isdir(seeds):
            argv.append(seeds)
        done = subprocess.run(argv, capture_output=True, text=True, errors="replace",
                              env={**os.environ, **SANITIZERS, "TMPDIR": scratch}, timeout=seconds + 120)
    report = done.stderr
    kept = sorted(set(os.listdir(findings)) - before)
    runs = int((re.findall(r"stat::number_of_executed_units:\s*(\d+)", report) or ["0"])[-1])
    covered = (re.findall(r"\bcov: (\d+)", report) or ["0"])[-1]
    print(f"{os.path.basename(program)}: {runs} runs in {seconds} s, {covered} edges covered")
    if done.returncode == 0 and not kept and runs >= LEAST_RUNS:
        return 0
    print(re.sub(r'(?s)###### Recommended dictionary.*?###### End.*?\n', "", report)[-8000:])
    for name in kept:
        print(f"FOUND. See it again: {program} {os.path.join(findings, name)}")
    if done.returncode == 0 and runs < LEAST_RUNS:
        print(f"FAILED: only {runs} runs")
    return 1


if __name__ == "__main__":
    sys.exit(main())
