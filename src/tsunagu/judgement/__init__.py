"""判定: declared packs turn indicators into a need level with reasons; the silence watch stands beside them."""

from tsunagu.judgement.examples import check_examples
from tsunagu.judgement.judge import judge

__all__ = ["check_examples", "judge"]
