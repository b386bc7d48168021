"""What each module offers is what its list of public names says."""

import importlib
import inspect
import pkgutil

import pytest

import index

MODULES = [
    found.name for found in pkgutil.walk_packages(index.__path__, "index.") if not found.ispkg
]


@pytest.mark.parametrize("name", MODULES)
def test_the_list_of_public_names_is_complete(name: str) -> None:
    module = importlib.import_module(name)

    own = {
        member
        for member, value in vars(module).items()
        if (inspect.isclass(value) or inspect.isfunction(value))
        and value.__module__ == name
        and not member.startswith("_")
    }
    assert own <= set(module.__all__) <= set(vars(module))


@pytest.mark.parametrize("name", MODULES)
def test_the_list_of_public_names_is_sorted(name: str) -> None:
    names = importlib.import_module(name).__all__

    assert names == sorted(names, key=lambda n: (not n.isupper(), not n[0].isupper(), n))


@pytest.mark.parametrize("name", MODULES)
def test_every_module_says_what_it_is_for(name: str) -> None:
    first = (importlib.import_module(name).__doc__ or "").splitlines()[0]

    assert 10 < len(first) <= 100
