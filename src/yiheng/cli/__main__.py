"""``python -m yiheng.cli``: the command without its installed script."""

from .main import main

if __name__ == "__main__":
    main()
