// gzip (RFC 1952) then base64, as a stream: how a PES carries a file.
#pragma once

#include <zlib.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace sceau::gen {

class GzipBase64 {
 public:
  enum class Kind {
    kText,   // deflated
    kNoise,  // stored: it would not become smaller, and this is ten times faster
  };

  // `out` takes base64 in whole lines of 76 characters (without line ends), the last call excepted.
  explicit GzipBase64(std::function<void(std::string_view)> out);

  void Append(std::string_view bytes, Kind kind);
  void Finish();

 private:
  struct End {
    void operator()(z_stream* stream) const {
      deflateEnd(stream);
      delete stream;
    }
  };

  void SwitchTo(Kind kind);
  void Deflate(std::string_view bytes, int flush);

  std::function<void(std::string_view)> out_;
  std::unique_ptr<z_stream, End> stream_;
  std::string compressed_;
  Kind kind_ = Kind::kText;
};

}  // namespace sceau::gen
