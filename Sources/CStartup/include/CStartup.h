#pragma once

// Linked into each program, this ends it with one line and exit code 70 where /proc is not mounted.
