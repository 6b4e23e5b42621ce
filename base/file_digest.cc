#include "base/file_digest.h"

#include "base/bytes.h"

namespace sceau {

StatusOr<std::string> DigestOfFile(const InputFile& file, DigestAlgorithm algorithm) {
  Digest digest(algorithm);
  std::string buffer(1 << 16, '\0');
  for (int64_t at = 0; at < file.size();) {
    SCEAU_ASSIGN_OR_RETURN(const size_t got, file.ReadAt(at, buffer.data(), buffer.size()));
    if (got == 0) break;
    digest.Update({buffer.data(), got});
    at += static_cast<int64_t>(got);
  }
  return digest.Finish();
}

StatusOr<std::string> Sha256Of(const InputFile& file) {
  SCEAU_ASSIGN_OR_RETURN(const std::string raw, DigestOfFile(file, DigestAlgorithm::kSha256));
  return ToHex(raw);
}

}  // namespace sceau
