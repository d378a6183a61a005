"""Law 6: no seam without two users. A seam is a typing.Protocol; its users are classes with its methods."""

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
