int condensenet_codecs_placeholder(void){return 0;}
