"""Law 6: no seam without two users. A seam is a typing.Protocol; its users are classes with its methods.

And a seam is one only where somebody asks for it: its name stands in an annotation.
"""

import ast

# Protocol → why it may have one user
EXCEPTIONS = {
    "Asking": "what exporting.py needs of Query, which imports it: without the seam they would import each other",
}


def is_protocol(node):
    if not isinstance(node, ast.ClassDef):
        return False
    return bool({ast.unparse(base).split("[")[0] for base in node.bases} & {"Protocol", "typing.Protocol"})


def methods(node):
    return {
        part.name
        for part in node.body
        if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef)) and not part.name.startswith("__")
    }


def attributes(node):
    """What the methods of a class set on self."""
    targets = [part for part in ast.walk(node) if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store)]
    return {part.attr for part in targets if isinstance(part.value, ast.Name) and part.value.id == "self"}


def all_methods(node, classes, seen=()):
    """Those of the class and of its bases, found by name. A module has its functions."""
    found = methods(node) | attributes(node)
    for base in getattr(node, "bases", ()):
        name = ast.unparse(base).split(".")[-1]
        if name in classes and name not in seen:
            found |= all_methods(classes[name], classes, (*seen, name))
    return found


def lonely_seams(source, users):
    """Protocols that fewer than two classes of `users` fulfil; those with only __call__ are types."""
    nodes = [node for file in users for node in ast.walk(file.tree) if isinstance(node, (ast.ClassDef, ast.Module))]
    classes = {node.name: node for node in nodes if isinstance(node, ast.ClassDef)}
    fulfilled = [all_methods(node, classes) for node in nodes if not is_protocol(node)]
    return [
        f"{file.path}:{node.lineno}: {node.name} has fewer than two users"
        for file in source
        for node in ast.walk(file.tree)
        if is_protocol(node) and methods(node) and node.name not in EXCEPTIONS
        if sum(methods(node) <= known for known in fulfilled) < 2
    ]


def test_each_seam_has_two_users(source, everything):
    assert lonely_seams(source, everything) == []


def test_a_lonely_seam_is_found(sample):
    seam = "class Sink(Protocol):\n def write(self): ...\n"
    one, other = "class A:\n def write(self): ...\n", "class B:\n def write(self): ...\n"
    assert lonely_seams([sample(seam)], [sample(seam + one)])
    assert not lonely_seams([sample(seam)], [sample(seam + one + other)])
    assert not lonely_seams([sample(seam)], [sample(seam + one + "class C(A): ...\n")])


def annotations(tree):
    """The expressions that say of what type something is; annotations may be written as texts."""
    for node in ast.walk(tree):
        found = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        for one in filter(None, found):
            quoted = isinstance(one, ast.Constant) and isinstance(one.value, str)
            yield ast.parse(one.value, mode="eval") if quoted else one


def unasked_seams(source):
    """Protocols whose name is in no annotation."""
    asked = {
        name.id if isinstance(name, ast.Name) else name.attr
        for file in source
        for annotation in annotations(file.tree)
        for name in ast.walk(annotation)
        if isinstance(name, (ast.Name, ast.Attribute))
    }
    return [
        f"{file.path}:{node.lineno}: nothing is annotated as {node.name}"
        for file in source
        for node in ast.walk(file.tree)
        if is_protocol(node) and node.name not in asked
    ]


def test_each_seam_is_asked_for(source):
    assert unasked_seams(source) == []


def test_an_unasked_seam_is_found(sample):
    seam = "class Sink(Protocol):\n def write(self): ...\n"
    assert unasked_seams([sample(seam + "x = Sink\n")])
    for user in ("def f(to: Sink): ...", "def f() -> Sink: ...", "x: dict[str, Sink]", "def f(to: 'Sink | None'): ..."):
        assert not unasked_seams([sample(seam + user + "\n")]), user
