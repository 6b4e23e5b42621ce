#include "contents/program/pdf_signatures.h"

#include <algorithm>
#include <map>
#include <new>
#include <qpdf/QPDFAcroFormDocumentHelper.hh>

#include "base/bytes.h"
#include "base/digest.h"

namespace sceau::contents {
namespace {

std::string TextOf(QPDFObjectHandle object) {
  return object.isString() ? object.getUTF8Value() : std::string();
}

std::string NameOf(QPDFObjectHandle object) {
  return object.isName() ? object.getName().substr(1) : std::string();
}

std::map<QPDFObjGen, std::string> FieldNames(QPDF& pdf) {
  std::map<QPDFObjGen, std::string> names;
  for (QPDFFormFieldObjectHelper& field : QPDFAcroFormDocumentHelper(pdf).getFormFields()) {
    QPDFObjectHandle value = field.getValue();
    if (value.isIndirect()) names[value.getObjGen()] = field.getFullyQualifiedName();
  }
  return names;
}

PdfSignature SignatureOf(QPDFObjectHandle object) {
  PdfSignature out;
  for (QPDFObjectHandle& number : object.getKey("/ByteRange").getArrayAsVector()) {
    // What is no number within reason makes a range that no reader accepts.
    const bool good = number.isInteger() && number.getIntValue() >= 0;
    out.byte_range.push_back(good ? number.getIntValue() : 0);
    if (out.byte_range.size() == 16) break;
  }
  out.contents_offset = std::max<int64_t>(0, object.getKey("/Contents").getParsedOffset());
  out.contents_sha256 =
      ToHex(DigestOf(DigestAlgorithm::kSha256, object.getKey("/Contents").getStringValue()));
  out.type = NameOf(object.getKey("/Type"));
  out.sub_filter = NameOf(object.getKey("/SubFilter"));
  out.name = TextOf(object.getKey("/Name"));
  out.date = TextOf(object.getKey("/M"));
  out.reason = TextOf(object.getKey("/Reason"));
  out.location = TextOf(object.getKey("/Location"));
  return out;
}

}  // namespace

std::vector<PdfSignature> SignaturesOf(QPDF& pdf) {
  std::vector<PdfSignature> out;
  const std::map<QPDFObjGen, std::string> fields = FieldNames(pdf);
  for (QPDFObjectHandle& object : pdf.getAllObjects()) {
    if (!object.isDictionary() || !object.getKey("/ByteRange").isArray() ||
        !object.getKey("/Contents").isString()) {
      continue;
    }
    if (out.size() == kMaxSignatures) throw std::bad_alloc();
    out.push_back(SignatureOf(object));
    const auto field = fields.find(object.getObjGen());
    if (field != fields.end()) out.back().field = field->second;
  }
  return out;
}

}  // namespace sceau::contents
