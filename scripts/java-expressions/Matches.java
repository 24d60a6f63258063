import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Says what java.util.regex makes of expressions: `java Matches.java < questions > answers`.
 *
 * A question is a line of fields with tabs between them: the flag (`name`: CASE_INSENSITIVE, `route`: none), the
 * expression, the subjects; all but the flag as UTF-16 code units in hexadecimal. An answer is a line for each question:
 * a `1`, `0` or `!` (the stack or the time did not suffice) for each subject, or `error` and the description. The first
 * line is Java's version.
 */
public class Matches {
  public static void main(String[] args) throws IOException {
    BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    PrintStream answers = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    answers.println(System.getProperty("java.version"));
    for (String line = questions.readLine(); line != null; line = questions.readLine()) {
      answers.println(answer(line.split("\t", -1)));
    }
    answers.flush();
  }

  private static String answer(String[] fields) {
    Pattern pattern;
    try {
      pattern = Pattern.compile(text(fields[1]), fields[0].equals("name") ? Pattern.CASE_INSENSITIVE : 0);
    } catch (PatternSyntaxException fault) {
      return "error\t" + fault.getDescription().replaceAll("[^ -~]", "?");
    } catch (RuntimeException | StackOverflowError fault) {
      return "error\t" + fault.getClass().getSimpleName();
    }
    StringBuilder verdicts = new StringBuilder();
    for (int index = 2; index < fields.length; index++) verdicts.append(verdict(pattern, text(fields[index])));
    return verdicts.toString();
  }

  private static char verdict(Pattern pattern, String subject) {
    try {
      return pattern.matcher(new Limited(subject, new int[] {5_000_000})).matches() ? '1' : '0';
    } catch (RuntimeException | StackOverflowError fault) {
      return '!';
    }
  }

  private static String text(String hexadecimal) {
    StringBuilder text = new StringBuilder();
    for (int index = 0; index < hexadecimal.length(); index += 4) {
      text.append((char) Integer.parseInt(hexadecimal.substring(index, index + 4), 16));
    }
    return text.toString();
  }

  /** A subject that can be looked at so many times only. */
  private static final class Limited implements CharSequence {
    private final String text;
    private final int[] left;

    Limited(String text, int[] left) {
      this.text = text;
      this.left = left;
    }

    @Override
    public char charAt(int index) {
      if (left[0]-- <= 0) throw new IllegalStateException("too many looks");
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new Limited(text.substring(start, end), left);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
