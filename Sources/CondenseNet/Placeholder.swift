// CondenseNet
