#include "tests/support/pdf_signing.h"

#include <openssl/cms.h>

#include <stdexcept>

#include "absl/strings/str_format.h"
#include "base/bytes.h"
#include "base/strings.h"
#include "tests/support/pdf_document.h"
#include "tests/support/test_pki.h"

namespace sceau::test {
namespace {

using Cms = CHandle<CMS_ContentInfo, CMS_ContentInfo_free>;
using Attribute = CHandle<X509_ATTRIBUTE, X509_ATTRIBUTE_free>;

constexpr size_t kHoleDigits = 32 * 1024;
// PdfOfPages makes the catalogue first, then the pages.
constexpr int kCatalogue = 1, kPages = 2;

struct NewObject {
  int number;
  std::string content;
};

// The number behind the last `key`.
int64_t Last(const std::string& bytes, std::string_view key) {
  return std::stoll(bytes.substr(bytes.rfind(key) + key.size()));
}

void AppendRevision(std::string& bytes, const std::vector<NewObject>& objects) {
  const int64_t previous = Last(bytes, "startxref\n");
  int64_t size = Last(bytes, "/Size ");
  std::string table;
  for (const NewObject& it : objects) {
    table += absl::StrFormat("%d 1\n%010d 00000 n \n", it.number, bytes.size());
    AppendTo(bytes, it.number, " 0 obj\n", it.content, "\nendobj\n");
    size = std::max<int64_t>(size, it.number + 1);
  }
  const size_t xref = bytes.size();
  AppendTo(bytes, "xref\n", table, "trailer\n<< /Size ", size, " /Root ", kCatalogue, " 0 R /Prev ",
           previous, " >>\nstartxref\n", xref, "\n%%EOF\n");
}

void AddStamp(CMS_SignerInfo* signer, const std::string& token) {
  const Attribute attribute(X509_ATTRIBUTE_create_by_NID(nullptr, NID_id_smime_aa_timeStampToken,
                                                         V_ASN1_SEQUENCE, token.data(),
                                                         static_cast<int>(token.size())));
  CMS_unsigned_add1_attr(signer, attribute.get());
}

std::string CmsOver(const std::string& content, const PdfSigner& with) {
  const X509Handle certificate = Parsed(with.certificate);
  constexpr unsigned kFlags = CMS_DETACHED | CMS_BINARY | CMS_PARTIAL;
  const Cms cms(CMS_sign(nullptr, nullptr, nullptr, nullptr, kFlags));
  unsigned flags = kFlags | CMS_NOSMIMECAP;
  if (with.name_certificate) flags |= CMS_CADES;
  if (!with.carry_certificate) flags |= CMS_NOCERTS;
  CMS_SignerInfo* signer =
      CMS_add1_signer(cms.get(), certificate.get(), with.key, with.digest, flags);
  if (signer == nullptr) throw std::runtime_error("CMS_add1_signer");
  for (const std::string& it : with.chain) CMS_add1_cert(cms.get(), Parsed(it).get());
  const BioHandle data(BIO_new_mem_buf(content.data(), static_cast<int>(content.size())));
  if (CMS_final(cms.get(), data.get(), nullptr, kFlags) != 1) throw std::runtime_error("CMS_final");
  if (with.stamp) {
    const ASN1_OCTET_STRING* value = CMS_SignerInfo_get0_signature(signer);
    AddStamp(signer, with.stamp({reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                                 static_cast<size_t>(ASN1_STRING_length(value))}));
  }
  return DerWith(cms.get(), i2d_CMS_ContentInfo);
}

}  // namespace

SignedPdf::SignedPdf(std::string_view page) : bytes_(PdfOfPages({std::string(page)})) {}

void SignedPdf::Update(int object, std::string_view content) {
  AppendRevision(bytes_, {{object, std::string(content)}});
}

std::string SignedPdf::OpenHole(std::string_view dictionary) {
  const auto signature = static_cast<int>(Last(bytes_, "/Size ")), field = signature + 1;
  fields_.push_back(field);
  std::string list;
  for (const int it : fields_) AppendTo(list, it, " 0 R ");
  const size_t from = bytes_.size();
  AppendRevision(
      bytes_,
      {{signature, Concat("<< ", dictionary, " /ByteRange [0 0000000000 0000000000 0000000000]\n",
                          "/Contents <", std::string(kHoleDigits, '0'), "> >>")},
       {field, Concat("<< /Type /Annot /Subtype /Widget /Rect [0 0 0 0] /FT /Sig /T (Signature",
                      fields_.size(), ") /V ", signature, " 0 R >>")},
       {kCatalogue, Concat("<< /Type /Catalog /Pages ", kPages,
                           " 0 R /AcroForm << /SigFlags 3 /Fields [", list, "] >> >>")}});
  hole_ = bytes_.find("/Contents <", from) + 10;
  hole_end_ = hole_ + kHoleDigits + 2;
  const std::string range =
      absl::StrFormat("[0 %010d %010d %010d]", hole_, hole_end_, bytes_.size() - hole_end_);
  bytes_.replace(bytes_.find("[0 0000000000", from), range.size(), range);
  return bytes_.substr(0, hole_) + bytes_.substr(hole_end_);
}

void SignedPdf::Fill(const std::string& der) {
  const std::string hex = ToHex(der);
  if (hex.size() > kHoleDigits) throw std::runtime_error("the hole is too small");
  bytes_.replace(hole_ + 1, hex.size(), hex);
}

void SignedPdf::Sign(const PdfSigner& signer) {
  Fill(CmsOver(OpenHole(Concat("/Type /Sig /Filter /Adobe.PPKLite /SubFilter /", signer.sub_filter,
                               " /Name (Hel) /M (", signer.date, ")")),
               signer));
}

void SignedPdf::StampDocument(const std::function<std::string(const std::string&)>& stamp) {
  Fill(stamp(OpenHole("/Type /DocTimeStamp /Filter /Adobe.PPKLite /SubFilter /ETSI.RFC3161")));
}

}  // namespace sceau::test
