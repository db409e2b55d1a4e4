#!/usr/bin/env python3
"""Checks the exercises of a course, and the code in its lessons, by running them.

Reads a JSON array from standard input and prints TAP. Its elements are
exercises, {"module_number", "title", "language", "starter_code",
"solution_code", "test_cases"}, or lessons, {"module_number", "title", "body"}.

A solution has to pass every test case. A starter has to compile and to fail at
least one. Each python block of a lesson has to run on its own, including its
assertions. Exercises in other languages are skipped, since there may be no
compiler. Exits with 1 if a check fails or if the array is empty.
"""
import ast
import json
import re
import subprocess
import sys

TIMEOUT_SECONDS = 10
OLDEST_PYTHON = (3, 9)
PYTHON_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Tap:
    def __init__(self):
        self.count = 0
        self.failed = 0

    def report(self, name, problems):
        self.count += 1
        name = " ".join(name.split()).replace("#", "\\#")
        print(f"{'not ok' if problems else 'ok'} {self.count} - {name}")
        for problem in problems:
            for line in problem.splitlines():
                print(f"# {line}")
        self.failed += bool(problems)

    def skip(self, name, reason):
        self.count += 1
        print(f"ok {self.count} - {' '.join(name.split())} # SKIP {reason}")


def syntax_problem(code):
    try:
        ast.parse(code, feature_version=OLDEST_PYTHON)
    except (SyntaxError, ValueError) as error:
        return f"does not compile: {error}"
    return None


def run(code, standard_input):
    """Returns the program's output, and a description of the error or None."""
    try:
        result = subprocess.run([sys.executable, "-I", "-c", code], input=standard_input,
                                capture_output=True, text=True, timeout=TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        return "", f"still running after {TIMEOUT_SECONDS} s"
    if result.returncode != 0:
        return result.stdout, f"exit status {result.returncode}: {result.stderr.rstrip()}"
    return result.stdout, None


def case_problem(code, case):
    printed, problem = run(code, case["input"])
    if problem is not None:
        return problem
    if printed.rstrip() != case["expected_output"].rstrip():
        return f"expected {case['expected_output'].rstrip()!r}\ngot {printed.rstrip()!r}"
    return None


def solution_problems(exercise):
    problem = syntax_problem(exercise["solution_code"])
    if problem is not None:
        return [problem]
    if not exercise["test_cases"]:
        return ["no test cases"]
    problems = []
    for number, case in enumerate(exercise["test_cases"], start=1):
        problem = case_problem(exercise["solution_code"], case)
        if problem is not None:
            problems.append(f"test case {number}: {problem}")
    return problems


def starter_problems(exercise):
    problem = syntax_problem(exercise["starter_code"])
    if problem is not None:
        return [problem]
    if all(case_problem(exercise["starter_code"], case) is None for case in exercise["test_cases"]):
        return ["it passes every test case"]
    return []


def prove_exercise(tap, name, exercise):
    if exercise["language"] != "python":
        tap.skip(name, f"written in {exercise['language']}")
        return
    tap.report(f"{name}: the solution passes {len(exercise['test_cases'])} test cases",
               solution_problems(exercise))
    tap.report(f"{name}: the starter compiles and fails a test case", starter_problems(exercise))


def prove_lesson(tap, name, lesson):
    blocks = PYTHON_BLOCK.findall(lesson["body"])
    problems = [] if blocks else ["no python block"]
    for number, block in enumerate(blocks, start=1):
        problem = syntax_problem(block) or run(block, "")[1]
        if problem is not None:
            problems.append(f"block {number}: {problem}")
    tap.report(f"{name}: {len(blocks)} python blocks run", problems)


def main():
    tap = Tap()
    for element in json.load(sys.stdin):
        name = f"module {element['module_number']}, {element['title']}"
        if "body" in element:
            prove_lesson(tap, name, element)
        else:
            prove_exercise(tap, name, element)
    if tap.count == 0:
        tap.report("the array is not empty", ["there is nothing to check"])
    print(f"1..{tap.count}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
