"""Runs while the image is built, for a container can write to /data and /tmp only.

Importing leaves compiled what the service imports, which is a fifth of what pip would compile; the
first question makes the graph of the model.
"""

import pkgutil
from contextlib import suppress
from importlib import import_module

import api
import index
import qa
from index.encoders import encoder_for
from index.models import DEFAULT_MODEL, find_model

for package in (index, qa, api):
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        with suppress(ImportError):  # of an extra
            import_module(module.name)
encoder_for(find_model(DEFAULT_MODEL)).encode_queries(["Is it there?"])
