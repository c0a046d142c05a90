"""The search for observers, compiled: a greedy start, exchanges at falling temperature, and chains of hand-overs."""

import math
from typing import cast

import numpy as np

from assignments.planning import plan
from assignments.planning.compiled import compiled, draw, part
from assignments.planning.problem import Ints
from assignments.planning.world import State, Tree, World

# Not a literal: functions would be compiled once more for it.
NOBODY = cast("int", np.int64(plan.NOBODY))
# Of so many moves, one looks at the temperature anew, and so many are between weeks.
STEP, SHIFTS = 256, 48
# Parts that a chance is made of; a change so many times the temperature has none.
UNIT, HOPELESS = 1 << 30, 20.0
# How many eligible observers are looked at for a beginning.
ENOUGH = 300
# Which weeks a chain may move contacts to.
OWN_WEEK, EVEN_WEEKS, ANY_WEEK = 0, 1, 2


@part
def may_take(world: World, contact: int, observer: int, week: int) -> bool:
    """Tell whether the observer may make the contact in this week at all."""
    return bool(
        world.eligible[world.participant[contact], observer]
        and world.offers[observer, world.method[contact]]
        and world.available[observer, week]
    )


@part
def has_room(world: World, state: State, observer: int, week: int, leaving: int) -> bool:
    """Tell whether the observer has room for one more in this week when ``leaving``, one of its own, is given up."""
    in_season, in_week = state.load[observer], state.in_week[observer, week]
    if leaving >= 0:
        in_season -= 1
        in_week -= 1 if state.week[leaving] == week else 0
    return bool(in_season < world.season[observer] and in_week < world.weekly[observer])


@part
def blocking(world: World, state: State, contact: int, observer: int) -> int:
    """Return the participant's other contact that this observer makes already, or NOBODY."""
    participant = world.participant[contact]
    for other in range(world.first[participant], world.first[participant + 1]):
        if other != contact and state.observer[other] == observer:
            return other
    return NOBODY


@part
def has_day(world: World, state: State, contact: int, week: int) -> bool:
    """Tell whether the week has a day left for the contact beside the participant's others that somebody makes."""
    participant = world.participant[contact]
    taken = 0
    for other in range(world.first[participant], world.first[participant + 1]):
        if other != contact and state.week[other] == week and state.observer[other] >= 0:
            taken += 1
    return bool(taken < world.days[week])


@part
def fits(world: World, state: State, contact: int, observer: int, leaving: int) -> bool:
    """Tell whether the observer can take the contact in its week by every rule, giving up ``leaving`` if not NOBODY."""
    week = state.week[contact]
    if not may_take(world, contact, observer, week) or not has_room(world, state, observer, week, leaving):
        return False
    met = blocking(world, state, contact, observer)
    if met >= 0 and met != leaving:
        return False
    if state.observer[contact] >= 0:
        return True
    within = leaving >= 0 and world.participant[leaving] == world.participant[contact] and state.week[leaving] == week
    return within or has_day(world, state, contact, week)


@part
def step_up(count: int, low: int, high: int) -> int:
    """Return by how much the distance from low to high changes when the count grows by one."""
    if count < low:
        return -1
    return 1 if count >= high else 0


@part
def mix_change(world: World, state: State, contact: int, leaves: int, comes: int) -> float:
    """Return by how much the participant's demographics change when one observer leaves and another comes."""
    participant, change = world.participant[contact], 0
    for trait in range(world.level.shape[1]):
        before = world.level[leaves, trait] if leaves >= 0 else NOBODY
        after = world.level[comes, trait] if comes >= 0 else NOBODY
        if before == after:
            continue
        if before >= 0:
            low, high = world.lowest[participant, before], world.highest[participant, before]
            change -= step_up(state.mix[participant, before] - 1, low, high)
        if after >= 0:
            low, high = world.lowest[participant, after], world.highest[participant, after]
            change += step_up(state.mix[participant, after], low, high)
    return change * world.demographic_price


@part
def load_change(world: World, state: State, leaves: int, comes: int) -> float:
    """Return by how much loads, scores and contacts without observer change when one leaves and another comes."""
    change = 0.0
    if leaves >= 0:
        change += world.load_price * (1 - 2 * (state.load[leaves] - world.target[leaves])) - world.price[leaves]
    else:
        change -= world.unassigned_price
    if comes >= 0:
        change += world.load_price * (1 + 2 * (state.load[comes] - world.target[comes])) + world.price[comes]
    else:
        change += world.unassigned_price
    return change


@part
def week_change(world: World, state: State, contact: int, week: int) -> float:
    """Return by how much the evenness of the participant's weeks changes when the contact moves to this week."""
    participant, method, before = world.participant[contact], world.method[contact], state.week[contact]
    if week == before:
        return 0.0
    low, high = world.week_lowest[participant], world.week_highest[participant]
    weeks = state.weeks[participant]
    change = world.week_price * (step_up(weeks[week], low, high) - step_up(weeks[before] - 1, low, high))
    low, high = world.method_lowest[participant, method], world.method_highest[participant, method]
    weeks = state.method_weeks[participant, method]
    return change + world.method_price * (step_up(weeks[week], low, high) - step_up(weeks[before] - 1, low, high))


@part
def give(world: World, state: State, contact: int, observer: int) -> None:
    """Let the observer, or nobody, make the contact; whoever made it does so no more."""
    participant, week = world.participant[contact], state.week[contact]
    for who, change in ((state.observer[contact], -1), (observer, 1)):
        if who >= 0:
            state.load[who] += change
            state.in_week[who, week] += change
            for trait in range(world.level.shape[1]):
                if world.level[who, trait] >= 0:
                    state.mix[participant, world.level[who, trait]] += change
    state.observer[contact] = observer


@part
def shift(world: World, state: State, contact: int, week: int) -> None:
    """Move the contact to the week, with whoever makes it."""
    participant, method, who = world.participant[contact], world.method[contact], state.observer[contact]
    for where, change in ((state.week[contact], -1), (week, 1)):
        state.weeks[participant, where] += change
        state.method_weeks[participant, method, where] += change
        if who >= 0:
            state.in_week[who, where] += change
    state.week[contact] = week


@part
def move(world: World, state: State, contact: int, observer: int, week: int) -> None:
    """Let the observer, or nobody, make the contact in the week."""
    give(world, state, contact, NOBODY)
    shift(world, state, contact, week)
    give(world, state, contact, observer)


@part
def is_taken(state: State, change: float, temperature: float) -> bool:
    """Tell whether a change is made: for the better always, for the worse by chance as it is hot."""
    if change <= 0.0:
        return True
    ratio = change / temperature
    return bool(ratio < HOPELESS and draw(state.random, UNIT) < math.exp(-ratio) * UNIT)


@part
def try_replacing(world: World, state: State, temperature: float) -> float:
    """Give a contact to another observer, if all rules and the temperature agree; return what J changes by."""
    contact = world.free[draw(state.random, len(world.free))]
    comes, leaves = draw(state.random, len(world.target)), state.observer[contact]
    if comes == leaves or not world.eligible[world.participant[contact], comes]:
        return 0.0
    change = load_change(world, state, leaves, comes) + mix_change(world, state, contact, leaves, comes)
    if not is_taken(state, change, temperature) or not fits(world, state, contact, comes, NOBODY):
        return 0.0
    give(world, state, contact, comes)
    return change


@part
def try_exchanging(world: World, state: State, temperature: float) -> float:
    """Let the observers of two contacts change places, in whatever weeks; return what J changes by."""
    one = world.free[draw(state.random, len(world.free))]
    other = world.free[draw(state.random, len(world.free))]
    first, second = state.observer[one], state.observer[other]
    if first == second:
        return 0.0
    change = 0.0
    if world.participant[one] != world.participant[other]:
        change = mix_change(world, state, one, first, second) + mix_change(world, state, other, second, first)
    if not is_taken(state, change, temperature):
        return 0.0
    if (first >= 0 and not fits(world, state, other, first, one)) or (
        second >= 0 and not fits(world, state, one, second, other)
    ):
        return 0.0
    give(world, state, one, NOBODY)
    give(world, state, other, first)
    give(world, state, one, second)
    return change


@part
def try_shifting(world: World, state: State, temperature: float) -> float:
    """Move a contact to another week, with its observer or another one; return what J changes by."""
    contact = world.free[draw(state.random, len(world.free))]
    week, before, leaves = draw(state.random, len(world.days)), state.week[contact], state.observer[contact]
    comes = leaves if draw(state.random, 2) else draw(state.random, len(world.target))
    if week == before or not world.days[week]:
        return 0.0
    change = week_change(world, state, contact, week)
    if comes != leaves:
        change += load_change(world, state, leaves, comes) + mix_change(world, state, contact, leaves, comes)
    if not is_taken(state, change, temperature):
        return 0.0
    move(world, state, contact, NOBODY, week)
    if comes >= 0 and not fits(world, state, contact, comes, NOBODY):
        move(world, state, contact, leaves, before)
        return 0.0
    give(world, state, contact, comes)
    return change


@compiled
def anneal(world: World, state: State, moves: int, heat: tuple[float, float]) -> float:
    """Try so many moves while the heat falls from the first to the second; return what J changes by."""
    temperature, change = heat[0], 0.0
    for move in range(moves):
        if move % STEP == 0:
            temperature = heat[0] * (heat[1] / heat[0]) ** (move / moves)
        kind = draw(state.random, STEP)
        if kind < SHIFTS:
            change += try_shifting(world, state, temperature)
        elif kind % 2:
            change += try_replacing(world, state, temperature)
        else:
            change += try_exchanging(world, state, temperature)
    return change


@compiled
def fill(world: World, state: State, contacts: Ints) -> None:
    """Give each of the contacts in turn to the observer with whom it costs least, if there is any who may make it.

    Of very many observers only so many eligible ones are looked at, from a place that chance chooses.
    """
    people = len(world.target)
    for contact in contacts:
        best, least, looked = NOBODY, np.inf, 0
        start = draw(state.random, people)
        for step in range(people):
            observer = (start + step) % people
            if not world.eligible[world.participant[contact], observer]:
                continue
            looked += 1
            cost = load_change(world, state, NOBODY, observer) + mix_change(world, state, contact, NOBODY, observer)
            if cost < least and fits(world, state, contact, observer, NOBODY):
                best, least = observer, cost
            if looked >= ENOUGH and best >= 0:
                break
        if best >= 0:
            give(world, state, contact, best)


@part
def may_shift(world: World, state: State, contact: int, week: int, mode: int) -> bool:
    """Tell whether a chain of this mode may have the contact made in this week."""
    if week == state.week[contact]:
        return state.observer[contact] >= 0 or has_day(world, state, contact, week)
    if mode == OWN_WEEK or not has_day(world, state, contact, week):
        return False
    return mode == ANY_WEEK or week_change(world, state, contact, week) <= 0.0


@compiled
def chain(world: World, state: State, tree: Tree, root: int, mode: int) -> bool:
    """Find an observer for a contact without one: by the shortest chain in which each hands one over to the next.

    Contacts that a search for another one has seen in vain are left out, until a chain is found.
    """
    sort_by_observer(world, state, tree)
    tree.queue[0], tree.parent[root], tree.seen[root] = root, NOBODY, True
    head, tail = 0, 1
    while head < tail:
        contact = tree.queue[head]
        head += 1
        for week in range(len(world.days)):
            if not may_shift(world, state, contact, week, mode):
                continue
            for observer in range(len(world.target)):
                is_own = observer == state.observer[contact] and week == state.week[contact]
                if is_own or not may_take(world, contact, observer, week):
                    continue
                met = blocking(world, state, contact, observer)
                if met < 0 and has_room(world, state, observer, week, NOBODY):
                    if hand_down(world, state, tree, (contact, observer, week)):
                        return True
                else:
                    tail = reach(world, state, tree, (contact, observer, week, met), tail)
    return False


@part
def sort_by_observer(world: World, state: State, tree: Tree) -> None:
    """Put the contacts that may change in the order of who makes them."""
    tree.begin[:] = 0
    for contact in world.free:
        if state.observer[contact] >= 0:
            tree.begin[state.observer[contact] + 1] += 1
    for observer in range(len(world.target)):
        tree.begin[observer + 1] += tree.begin[observer]
    filled = tree.begin.copy()
    for contact in world.free:
        observer = state.observer[contact]
        if observer >= 0:
            tree.made[filled[observer]] = contact
            filled[observer] += 1


@part
def reach(world: World, state: State, tree: Tree, step: tuple[int, int, int, int], tail: int) -> int:
    """Add to the queue what the observer would have to hand over to take the contact; return where it ends now."""
    contact, observer, week, met = step
    for place in range(tree.begin[observer], tree.begin[observer + 1]):
        other = tree.made[place]
        if tree.seen[other] or other == contact or (met >= 0 and met != other):
            continue
        if has_room(world, state, observer, week, other):
            tree.seen[other], tree.parent[other], tree.week[other] = True, contact, week
            tree.queue[tail] = other
            tail += 1
    return tail


@part
def hand_down(world: World, state: State, tree: Tree, step: tuple[int, int, int]) -> bool:
    """Make all changes of a chain that ends in this step, or none if one stands in the way of another."""
    contact, comes, week = step
    done = 0
    while contact >= 0:
        leaves, before = state.observer[contact], state.week[contact]
        tree.changed[done], tree.left[done], tree.was_in[done] = contact, leaves, before
        done += 1
        move(world, state, contact, NOBODY, week)
        if not fits(world, state, contact, comes, NOBODY):
            for change in range(done - 1, -1, -1):
                move(world, state, tree.changed[change], tree.left[change], tree.was_in[change])
            return False
        give(world, state, contact, comes)
        comes, week, contact = leaves, tree.week[contact], tree.parent[contact]
    tree.seen[:] = False
    return True
