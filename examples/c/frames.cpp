// Classifies pixels in memory, here those of a binary PPM file, as a camera's frame is:  frames MODEL IMAGE.ppm
//   c++ -std=c++17 frames.cpp $(pkg-config --cflags --libs condensenet) -o frames
#include <condensenet.h>

#include <fstream>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

static void check(condensenet_status status) {
  if (status != CONDENSENET_OK) throw std::runtime_error(condensenet_error_message());
}

struct Close {
  void operator()(condensenet_model *model) const { condensenet_model_close(model); }
  void operator()(condensenet_session *session) const { condensenet_session_close(session); }
};

int main(int argc, char **argv) try {
  if (argc != 3) throw std::runtime_error("usage: frames MODEL IMAGE.ppm");
  condensenet_model *opened;
  check(condensenet_model_open(argv[1], 0, &opened));
  std::unique_ptr<condensenet_model, Close> model(opened);
  condensenet_session *started;
  check(condensenet_session_open(model.get(), 1, &started));
  std::unique_ptr<condensenet_session, Close> session(started);

  std::ifstream file(argv[2], std::ios::binary);
  std::string magic;
  condensenet_frame frame = {};
  int maximum = 0;
  if (!(file >> magic >> frame.width >> frame.height >> maximum) || magic != "P6" || maximum != 255 ||
      frame.width < 1 || frame.height < 1 || frame.width > 16384 || frame.height > 16384)
    throw std::runtime_error(std::string(argv[2]) + ": expected a binary PPM file of 8 bits");
  file.get();
  std::vector<char> pixels(3 * static_cast<std::size_t>(frame.width) * static_cast<std::size_t>(frame.height));
  if (!file.read(pixels.data(), static_cast<std::streamsize>(pixels.size())))
    throw std::runtime_error(std::string(argv[2]) + ": ends within the pixels");
  frame.format = CONDENSENET_RGB24;
  frame.planes[0] = pixels.data();
  frame.plane_bytes[0] = pixels.size();

  std::vector<condensenet_prediction> best(5);
  std::size_t count;
  check(condensenet_classify_frame(session.get(), &frame, best.data(), best.size(), &count));
  best.resize(count);
  for (const auto &prediction : best) std::cout << prediction.probability << "  " << prediction.label << "\n";
} catch (const std::exception &error) {
  std::cerr << "frames: " << error.what() << "\n";
  return 1;
}
