#include "schemas/attachment.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "schemas/content_type.h"

namespace sceau::schemas {

AttachmentReader::AttachmentReader(xml::OctetSink* content, Packing packing)
    : content_(content), packing_(packing), digest_(DigestAlgorithm::kSha256) {
  if (inflateInit2(&stream_, 15 + 16) != Z_OK) failure_ = Outcome::kTooLarge;  // 16: gzip's header
}

AttachmentReader::~AttachmentReader() { inflateEnd(&stream_); }

void AttachmentReader::Feed(std::string_view base64) {
  if (failure_ != Outcome::kGood) return;
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  for (auto at = base64.begin(); at != base64.end();) {
    const auto end = std::find_if(at, base64.end(), is_blank);
    pending_.append(at, end);
    at = std::find_if_not(end, base64.end(), is_blank);
  }
  if (pending_.size() >= kBatch) Decode();
}

void AttachmentReader::Decode() {
  const size_t whole = pending_.size() / 4 * 4;
  if (whole == 0) return;
  const std::string_view groups = std::string_view(pending_).substr(0, whole);
  const auto octets = padded_ ? std::nullopt : FromBase64(groups);
  if (!octets) {
    failure_ = Outcome::kNotBase64;
    return;
  }
  padded_ = groups.back() == '=';
  pending_.erase(0, whole);
  FeedOctets(*octets);
}

void AttachmentReader::TakeContent(std::string_view content) {
  size_ += static_cast<int64_t>(content.size());
  head_.append(content.substr(0, kContentHead - head_.size()));
  digest_.Update(content);
  if (content_ != nullptr) content_->Write(content);
}

void AttachmentReader::FeedOctets(std::string_view octets) {
  if (octets.empty()) return;
  if (packing_ == Packing::kNone) {
    TakeContent(octets);
    if (size_ > kMaxContent) failure_ = Outcome::kTooLarge;
    return;
  }
  if (ended_) {
    failure_ = Outcome::kNotGzip;  // something follows the gzip member
    return;
  }
  std::array<unsigned char, 64 * 1024> out;
  stream_.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(octets.data()));
  stream_.avail_in = static_cast<uInt>(octets.size());
  do {
    stream_.next_out = out.data();
    stream_.avail_out = out.size();
    const int result = inflate(&stream_, Z_NO_FLUSH);
    TakeContent({reinterpret_cast<const char*>(out.data()), out.size() - stream_.avail_out});
    if (result == Z_STREAM_END) {
      ended_ = true;
      if (stream_.avail_in > 0) failure_ = Outcome::kNotGzip;
      return;
    }
    if (size_ > kMaxContent) failure_ = Outcome::kTooLarge;
    if (result != Z_OK && result != Z_BUF_ERROR) failure_ = Outcome::kNotGzip;
    if (failure_ != Outcome::kGood) return;
  } while (stream_.avail_out == 0);
}

AttachmentReader::Outcome AttachmentReader::Finish() {
  if (failure_ == Outcome::kGood) Decode();
  if (failure_ == Outcome::kGood && !pending_.empty()) failure_ = Outcome::kNotBase64;
  if (failure_ == Outcome::kGood && packing_ == Packing::kGzip && !ended_)
    failure_ = Outcome::kNotGzip;
  if (failure_ == Outcome::kGood) sha256_ = ToHex(digest_.Finish());
  return failure_;
}

}  // namespace sceau::schemas
