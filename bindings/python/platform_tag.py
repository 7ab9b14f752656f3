"""Names the wheel's platform: CONDENSENET_PLATFORM, such as manylinux_2_36_x86_64."""

import os
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PlatformTag(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{os.environ['CONDENSENET_PLATFORM']}"
