module library {
    exports library;
}
