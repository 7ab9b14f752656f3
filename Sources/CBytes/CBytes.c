// The module is its header: every function is inlined.
#include "CBytes.h"
