"""Law 10: what a node sends is text. It is never run, unpickled, given to a shell, or made into a path."""

import ast

LOADERS = {"pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}
RUNNERS = {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "yaml.load", "pickle.loads"}
SHELLS = {"shell", "allow_pickle"}


def dangers(source):
    breaches = []
    for file in source:
        for node in ast.walk(file.tree):
            where = f"{file.path}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Import):
                breaches += [f"{where}: imports {a.name}" for a in node.names if a.name.split(".")[0] in LOADERS]
            elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in LOADERS:
                breaches.append(f"{where}: imports {node.module}")
            elif isinstance(node, ast.Call) and ast.unparse(node.func) in RUNNERS:
                breaches.append(f"{where}: calls {ast.unparse(node.func)}")
            elif isinstance(node, ast.keyword) and node.arg in SHELLS and ast.unparse(node.value) != "False":
                breaches.append(f"{file.path}:{node.value.lineno}: {node.arg}=")
    return breaches


def test_nothing_that_was_sent_can_run(source):
    assert dangers(source) == []


def test_dangers_are_found(sample):
    for text in (
        "import pickle\n",
        "from joblib import load\n",
        "eval(x)\n",
        "yaml.load(x)\n",
        "subprocess.run(x, shell=True)\n",
        "np.load(x, allow_pickle=True)\n",
    ):
        assert len(dangers([sample(text)])) == 1, text
    assert not dangers([sample("re.compile(x)\nsubprocess.run(x, shell=False)\n")])
