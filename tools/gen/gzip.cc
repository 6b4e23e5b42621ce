#include "tools/gen/gzip.h"

#include <utility>

#include "base/bytes.h"

namespace sceau::gen {
namespace {

constexpr size_t kBuffer = 57 << 9;  // 57 bytes make one line of 76 characters
constexpr int kGzipWindow = 15 + 16;

int LevelOf(GzipBase64::Kind kind) {
  return kind == GzipBase64::Kind::kText ? Z_DEFAULT_COMPRESSION : Z_NO_COMPRESSION;
}

Bytef* Writable(std::string& text) { return reinterpret_cast<Bytef*>(text.data()); }

}  // namespace

GzipBase64::GzipBase64(std::function<void(std::string_view)> out)
    : out_(std::move(out)), stream_(new z_stream{}), compressed_(kBuffer, '\0') {
  deflateInit2(stream_.get(), LevelOf(kind_), Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY);
  stream_->next_out = Writable(compressed_);
  stream_->avail_out = kBuffer;
}

void GzipBase64::Append(std::string_view bytes, Kind kind) {
  if (kind != kind_) SwitchTo(kind);
  Deflate(bytes, Z_NO_FLUSH);
}

void GzipBase64::Finish() {
  Deflate({}, Z_FINISH);
  compressed_.resize(kBuffer - stream_->avail_out);
  out_(ToBase64(compressed_));
}

void GzipBase64::SwitchTo(Kind kind) {
  Deflate({}, Z_BLOCK);  // so that nothing is pending, which deflateParams would need room for
  deflateParams(stream_.get(), LevelOf(kind), Z_DEFAULT_STRATEGY);
  kind_ = kind;
}

void GzipBase64::Deflate(std::string_view bytes, int flush) {
  // zlib does not write to its input.
  stream_->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream_->avail_in = static_cast<uInt>(bytes.size());
  for (;;) {
    deflate(stream_.get(), flush);
    if (stream_->avail_out > 0) return;  // all is consumed, and flushed as far as asked
    out_(ToBase64(compressed_));
    stream_->next_out = Writable(compressed_);
    stream_->avail_out = kBuffer;
  }
}

}  // namespace sceau::gen
