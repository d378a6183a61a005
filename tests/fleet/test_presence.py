"""Who is there: boards by their habit, agents by their connection."""

from wacket.fleet.habit import MINUTE, SECOND


def speak(world, row, times, every):
    for _ in range(times):
        world.now += every
        world.fleet.presence.heard(row.id)


def told(subscription):
    return [row.name for row in subscription._waiting]


def test_a_board_is_up_then_late_then_down_and_all_are_told_once(world):
    board = world.board("rig-3")
    with world.bus.subscribe("nodes") as changes:
        speak(world, board, 10, MINUTE)
        assert world.state(board) == "up"
        for minutes, state in ((2, "up"), (1, "late"), (7, "late"), (1, "down")):
            world.now += minutes * MINUTE
            world.fleet.presence.sweep()
            world.fleet.presence.sweep()
            assert world.state(board) == state
        assert told(changes) == ["rig-3"] * 3
    speak(world, board, 1, 0)
    assert world.state(board) == "up"


def test_since_and_why_are_in_words(world):
    board = world.board("rig-3")
    speak(world, board, 10, MINUTE)
    last = world.now
    world.now += 5 * MINUTE
    world.fleet.presence.sweep()
    state = world.fleet.presence.of(board)
    assert (state.since, state.why) == (last, "it speaks every 60 s else")


def test_after_a_restart_boards_are_judged_by_when_they_were_heard(world):
    fresh = world.board("fresh")
    never = world.board("never", peer="")
    world.now += 40 * MINUTE
    world.open()
    assert (world.state(fresh), world.state(never)) == ("up", "down")
    assert world.fleet.presence.of(never).why == "it has never been heard"
    world.now += 400 * MINUTE
    world.open()
    assert world.state(fresh) == "down"


def test_strangers_retired_ones_and_the_hub(world):
    stranger = world.board("192.0.2.7", "pending")
    speak(world, stranger, 5, SECOND)
    gone = world.board("gone", "retired")
    hub = world.catalogue.node_by_id(1)
    assert [world.state(row) for row in (stranger, gone, hub)] == ["pending", "retired", "up"]
    assert world.fleet.presence.statistics() == {"up": 1, "late": 0, "down": 0, "off": 0, "pending": 1, "retired": 1}


def test_an_agent_is_up_while_its_connection_speaks(world):
    machine = world.machine("pi-11")
    presence = world.fleet.presence
    assert presence.connected(machine.id).state == "down"
    for silent, state in ((10, "up"), (11, "late"), (13, "down"), (0, "up")):
        presence.spoke(machine.id)
        last = world.now
        world.now += silent * SECOND
        presence.sweep()
        assert world.state(machine) == state
        if state in ("late", "down"):
            assert presence.of(machine).since <= last
    presence.gone(machine.id, "off", "stopped")
    assert (world.state(machine), presence.of(machine).why) == ("off", "stopped")


def test_a_script_on_a_machine_does_not_make_its_agent_be_there(world):
    machine = world.machine("pi-11")
    speak(world, machine, 10, SECOND)
    assert world.state(machine) == "down"


async def test_how_agents_were_outlives_the_hub(world):
    off, up = world.machine("off"), world.machine("up", "cd" * 32)
    for machine in (off, up):
        world.fleet.presence.connected(machine.id)
    world.fleet.presence.gone(off.id, "off", "stopped")
    since = world.fleet.presence.of(off).since
    await world.fleet.flush()
    world.now += MINUTE
    world.open()
    assert world.fleet.presence.of(off) == ("off", since, "stopped")
    assert world.fleet.presence.of(up)[::2] == ("down", "not heard of since the hub started")


async def test_nothing_is_written_where_nothing_changed(world, monkeypatch):
    machine = world.machine("pi-11")
    world.fleet.presence.connected(machine.id)
    await world.fleet.flush()
    written = []
    monkeypatch.setattr(world.ledger, "write", written.append)
    for _ in range(10):
        world.now += SECOND
        world.fleet.presence.spoke(machine.id)
        world.fleet.presence.sweep()
    await world.fleet.flush()
    assert written == []


def test_what_a_machine_allows(world):
    machine, board = world.machine("pi-11"), world.board("rig-3")
    world.fleet.agents.say(machine.id, {"allows": {"run": True}})
    assert world.fleet.presence.allows(machine.id, "run")
    assert not world.fleet.presence.allows(machine.id, "root")
    assert not world.fleet.presence.allows(board.id, "run")
