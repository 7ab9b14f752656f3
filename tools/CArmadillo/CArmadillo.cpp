#include <armadillo>
extern "C" int condensenet_armadillo_placeholder(void) { arma::fmat a(2,2); arma::fmat b = a*a; return (int)b.n_rows; }
