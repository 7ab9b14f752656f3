import CProcessor

/// The memory that the program's own code takes.
package enum ProgramMemory {
    /// Gives back the pages of code and constants that the program has used so far, starting up above all: they are unchanged, and
    /// those that are needed again come from its file.
    package static func giveBack() { condensenet_give_back_program_pages() }
}
