[(block) (group) (list)] @fold
