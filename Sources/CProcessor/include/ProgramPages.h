#pragma once

/// Gives back the memory in which this program's code and constants lie, those of shared libraries apart: what is needed again is read
/// again from its file, or taken from the system's cache of it. Does nothing where the system refuses.
void condensenet_give_back_program_pages(void);
