"""Log lines of a target: of the nodes that it means now, whatever they are called and tagged."""

from __future__ import annotations

import json

from tests.api.watching.conftest import Site, lines


def test_a_target_goes_with_the_tags_of_nodes(site: Site) -> None:
    patch = site.api.owner.patch
    assert patch("/api/v1/nodes/rig-3", json={"tags": {"room": "lab"}}).status_code == 200
    with site.screen(logs={"target": "tag:room=lab"}) as screen:
        site.tell(lines((2, 9, "from rig-3"), (3, 9, "from rig-4")))
        assert [row["node"] for row in screen.hear("logs")["logs"]] == ["rig-3"]
        assert patch("/api/v1/nodes/rig-4", json={"tags": {"room": "lab"}}).status_code == 200
        assert patch("/api/v1/nodes/rig-3", json={"tags": {}}).status_code == 200
        site.tell(lines((2, 9, "from rig-3"), (3, 9, "from rig-4"), first_id=200))
        assert [row["node"] for row in screen.hear("logs")["logs"]] == ["rig-4"]


def test_a_target_that_means_nobody_is_refused(site: Site) -> None:
    with site.screen(logs={"target": "rig-3"}) as screen:
        screen.socket.send_text(json.dumps({"logs": {"target": "nope-*"}}))
        assert "nope" in screen.hear("error")["error"]
