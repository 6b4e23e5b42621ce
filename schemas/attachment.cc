#include "schemas/attachment.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"

namespace sceau::schemas {

AttachmentReader::AttachmentReader(xml::OctetSink* content)
    : content_(content), digest_(DigestAlgorithm::kSha256) {
  failed_ = inflateInit2(&stream_, 15 + 16) != Z_OK;  // 16: a gzip header is demanded
}

AttachmentReader::~AttachmentReader() { inflateEnd(&stream_); }

void AttachmentReader::Feed(std::string_view base64) {
  if (failed_) return;
  for (char c : base64) {
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') pending_.push_back(c);
  }
  const size_t whole = pending_.size() / 4 * 4;
  if (whole == 0) return;
  const std::string_view groups = std::string_view(pending_).substr(0, whole);
  const auto octets = padded_ ? std::nullopt : FromBase64(groups);
  if (!octets) {
    failed_ = true;
    return;
  }
  padded_ = groups.back() == '=';
  pending_.erase(0, whole);
  FeedOctets(*octets);
}

void AttachmentReader::FeedOctets(std::string_view octets) {
  if (octets.empty()) return;
  if (ended_) {
    failed_ = true;  // something follows the gzip member
    return;
  }
  std::array<unsigned char, 64 * 1024> out;
  stream_.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(octets.data()));
  stream_.avail_in = static_cast<uInt>(octets.size());
  do {
    stream_.next_out = out.data();
    stream_.avail_out = out.size();
    const int result = inflate(&stream_, Z_NO_FLUSH);
    const size_t got = out.size() - stream_.avail_out;
    size_ += static_cast<int64_t>(got);
    digest_.Update({reinterpret_cast<const char*>(out.data()), got});
    if (content_ != nullptr) content_->Write({reinterpret_cast<const char*>(out.data()), got});
    if (result == Z_STREAM_END) {
      ended_ = true;
      failed_ |= stream_.avail_in > 0;
      return;
    }
    if ((result != Z_OK && result != Z_BUF_ERROR) || size_ > kMaxContent) {
      failed_ = true;
      return;
    }
  } while (stream_.avail_out == 0);
}

bool AttachmentReader::Finish() {
  const bool good = !failed_ && ended_ && pending_.empty();
  if (good) sha256_ = ToHex(digest_.Finish());
  return good;
}

}  // namespace sceau::schemas
