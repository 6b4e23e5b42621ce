// The content of an attachment while it passes: base64 (RFC 4648 §4), then gzip (RFC 1952), then
// its size and digest.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "xml/canonical.h"

namespace sceau::schemas {

class AttachmentReader {
 public:
  // A gzip bomb stops here; bytes after decompression.
  static constexpr int64_t kMaxContent = int64_t{1} << 30;

  // What base64 holds: of a PES a gzip member, else the content itself.
  enum class Packing { kGzip, kNone };
  // `content`, when given, receives the content as it comes.
  explicit AttachmentReader(xml::OctetSink* content = nullptr, Packing packing = Packing::kGzip);
  ~AttachmentReader();
  AttachmentReader(const AttachmentReader&) = delete;
  AttachmentReader& operator=(const AttachmentReader&) = delete;

  // The text of Fichier, in pieces.
  void Feed(std::string_view base64);
  enum class Outcome {
    kGood,  // base64 of exactly one whole gzip member (or of anything) within the limit
    kNotBase64,
    kNotGzip,
    kTooLarge,
  };
  Outcome Finish();
  // The first kContentHead bytes of the content.
  const std::string& head() const { return head_; }
  int64_t size() const { return size_; }
  std::string Sha256Hex() { return sha256_; }  // lower case

 private:
  // Characters that are decoded at once: the parser tells each line by itself.
  static constexpr size_t kBatch = 16 * 1024;

  void Decode();
  void FeedOctets(std::string_view octets);
  void TakeContent(std::string_view content);

  z_stream stream_{};
  xml::OctetSink* const content_;
  const Packing packing_;
  Digest digest_;
  std::string pending_;  // base64 characters not decoded yet
  std::string sha256_;
  int64_t size_ = 0;
  std::string head_;
  Outcome failure_ = Outcome::kGood;  // the first one met
  bool ended_ = false;   // the gzip member is complete
  bool padded_ = false;  // a group with padding was seen; nothing may follow
};

}  // namespace sceau::schemas
