"""The rules of the house that no other tool checks."""

import ast
import importlib
import pkgutil
import re
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

import api
import index
import qa

ROOT = Path(__file__).parents[1]
MODULES = sorted(
    module.name
    for package in (index, qa, api)
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    if not module.ispkg
)
# Below these, releases have known faults; the reasons are in the projects' own advisories.
FLOORS = {
    "faiss-cpu": "1.15.1",
    "pypdf": "7.1.0",
    "sentence-transformers": "6.2",
    "starlette": "1.3.1",
    "torch": "2.6",
    "transformers": "5.3",
}


@pytest.mark.parametrize("name", MODULES)
def test_a_module_lists_its_public_names_and_has_them_all(name: str) -> None:
    module = importlib.import_module(name)

    listed = set(module.__all__)

    assert {entry for entry in listed if not hasattr(module, entry)} == set()


@pytest.mark.parametrize("name", MODULES)
def test_a_module_says_what_it_is_for(name: str) -> None:
    source = (ROOT / f"{name.replace('.', '/')}.py").read_text()

    assert ast.get_docstring(ast.parse(source))


@pytest.mark.parametrize(("package", "floor"), FLOORS.items())
def test_no_release_with_known_faults_is_installed_or_allowed(package: str, floor: str) -> None:
    pyproject = (ROOT / "pyproject.toml").read_text()
    [line] = re.findall(rf'"({package}(?:\[\w+\])?[>=]=[^"]+)"', pyproject)

    below = [str(spec.version) for spec in Requirement(line).specifier]

    assert Version(below[0]) >= Version(floor)
    assert Version(version(package)) >= Version(floor)


def test_what_is_pinned_is_what_is_installed() -> None:
    pins = re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / "constraints.txt").read_text(), re.MULTILINE)

    different = {
        name: (pin, version(name)) for name, pin in pins if Version(version(name)).public != pin
    }

    assert different == {}


def test_no_file_names_a_path_of_the_machine_it_was_written_on() -> None:
    texts = {
        path: path.read_text()
        for folder in ("index", "qa", "api", "tests", "benchmarks", "docker", ".ci")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".sh", ".html", ".css", ".js", ".json", ".md", ""}
        and path.is_file()
    }

    machine = re.compile(r"(?<![\w.])/(?:work|root)/")

    assert [str(path) for path, text in texts.items() if machine.search(text)] == []
