"""The words every other room uses: money, periods, evidence, refusals."""
