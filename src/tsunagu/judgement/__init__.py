"""判定: declared packs turn indicators into a need level with reasons; the silence watch stands beside them."""
