#include "tools/client/exchange.h"

#include "base/digest.h"

namespace sceau::client {

StatusOr<v1::DocumentHeader> HeaderOf(const InputFile& document) {
  Digest digest(DigestAlgorithm::kSha256);
  std::string buffer(kChunk, '\0');
  for (int64_t at = 0; at < document.size();) {
    SCEAU_ASSIGN_OR_RETURN(const size_t got, document.ReadAt(at, buffer.data(), buffer.size()));
    if (got == 0) return Error(Reason::kInputUnreadable, "the file became shorter");
    digest.Update({buffer.data(), got});
    at += static_cast<int64_t>(got);
  }
  v1::DocumentHeader header;
  header.set_size(document.size());
  header.set_sha256(digest.Finish());
  return header;
}

StatusOr<v1::ContentHeader> HeaderOf(const Content& content) {
  v1::ContentHeader header;
  header.set_name(content.name);
  SCEAU_ASSIGN_OR_RETURN(*header.mutable_document(), HeaderOf(*content.file));
  return header;
}

}  // namespace sceau::client
