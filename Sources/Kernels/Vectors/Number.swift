import Engine

#if CONDENSENET_HALF
    /// What the operations of this module compute in.
    public typealias Number = Float16
#else
    /// What the operations of this module compute in.
    public typealias Number = Float
#endif

extension Number {
    static var precision: Precision {
        #if CONDENSENET_HALF
            .f16
        #else
            .f32
        #endif
    }
}
