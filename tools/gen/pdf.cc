#include "tools/gen/pdf.h"

#include <algorithm>

#include "base/strings.h"

namespace sceau::gen {
namespace {

// A literal string (ISO 32000-1 §7.3.4.2) in the Latin-1 part of WinAnsiEncoding.
std::string Literal(std::string_view utf8) {
  std::string out = "(";
  for (size_t at = 0; at < utf8.size(); ++at) {
    const auto byte = static_cast<unsigned char>(utf8[at]);
    if ((byte & 0xC0) == 0x80) continue;
    if (byte == '(' || byte == ')' || byte == '\\') out += '\\';
    if (byte < 0x80) {
      out += static_cast<char>(byte);
    } else if (byte <= 0xC3) {
      const auto next = static_cast<unsigned char>(utf8[at + 1]);
      out += static_cast<char>(((byte & 0x03) << 6) | (next & 0x3F));
    } else {
      out += '?';
    }
  }
  return out + ")";
}

// A number in a fixed width, so that the size of the file does not depend on it.
std::string Wide(int64_t number) {
  std::string out = Concat(number);
  return out.append(12 - out.size(), ' ');
}

std::string PageContent(const PdfText& text) {
  std::string out =
      Concat("BT\n/F1 16 Tf\n60 770 Td\n", Literal(text.title), " Tj\n/F1 11 Tf\n", "0 -12 Td\n");
  for (const std::string& line : text.lines) AppendTo(out, "0 -18 Td\n", Literal(line), " Tj\n");
  return out + "ET\n";
}

// Collects objects and where each begins.
class Body {
 public:
  Body() : bytes_("%PDF-1.4\n%\xE2\xE3\xCF\xD3\n") {}
  void Object(std::string_view content) {
    starts_.push_back(static_cast<int64_t>(bytes_.size()));
    AppendTo(bytes_, starts_.size(), " 0 obj\n", content);
  }
  const std::string& bytes() const { return bytes_; }
  const std::vector<int64_t>& starts() const { return starts_; }

 private:
  std::string bytes_;
  std::vector<int64_t> starts_;
};

Body FrontMatter(const PdfText& text, int64_t noise_length) {
  const std::string page = PageContent(text);
  Body body;
  body.Object("<< /Type /Catalog /Pages 2 0 R /Lang (fr-FR) >>\nendobj\n");
  body.Object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n");
  body.Object(
      "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R\n"
      "   /Resources << /Font << /F1 4 0 R >> >> >>\nendobj\n");
  body.Object(
      "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding "
      ">>\nendobj\n");
  body.Object(Concat("<< /Length ", page.size(), " >>\nstream\n", page, "\nendstream\nendobj\n"));
  body.Object(Concat("<< /Title ", Literal(text.title), " /Producer (sceau-gen) >>\nendobj\n"));
  body.Object(Concat("<< /Length ", Wide(noise_length), " >>\nstream\n"));
  return body;
}

constexpr std::string_view kEndOfNoise = "\nendstream\nendobj\n";

std::string BackMatter(const Body& body, int64_t noise_length) {
  std::string out(kEndOfNoise);
  const int64_t xref =
      static_cast<int64_t>(body.bytes().size() + kEndOfNoise.size()) + noise_length;
  AppendTo(out, "xref\n0 ", body.starts().size() + 1, "\n0000000000 65535 f \n");
  for (const int64_t start : body.starts()) {
    AppendTo(out, absl::Dec(start, absl::kZeroPad10), " 00000 n \n");
  }
  const std::string xref_text = Concat(xref);
  AppendTo(out, "trailer\n<< /Size ", body.starts().size() + 1, " /Root 1 0 R /Info 6 0 R ",
           std::string(12 - xref_text.size(), ' '), ">>\nstartxref\n", xref_text, "\n%%EOF\n");
  return out;
}

}  // namespace

void WritePdf(const PdfText& text, int64_t size, Random noise, const PdfSink& sink) {
  const Body empty = FrontMatter(text, 0);
  const auto around = static_cast<int64_t>(empty.bytes().size() + BackMatter(empty, 0).size());
  const int64_t noise_length = std::max<int64_t>(0, size - around);

  const Body body = FrontMatter(text, noise_length);
  sink.text(body.bytes());
  char buffer[32 << 10];
  for (int64_t left = noise_length; left > 0;) {
    const auto length = static_cast<size_t>(std::min<int64_t>(left, sizeof buffer));
    noise.Fill(buffer, length);
    sink.noise({buffer, length});
    left -= static_cast<int64_t>(length);
  }
  sink.text(BackMatter(body, noise_length));
}

}  // namespace sceau::gen
