#include "CDenormals.h"
