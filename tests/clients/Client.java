import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URL;

public class Client {
    public static void main(String[] arguments) throws IOException {
        URL url = new URL("https://api.sendgrid.com/apiv2/customer.profile.json");
        HttpURLConnection connection = (HttpURLConnection) url.openConnection();
        connection.setDoOutput(true);
        connection.getOutputStream().write("api_user=demo&api_key=demo-password&task=get".getBytes());
        System.out.println(new String(connection.getInputStream().readAllBytes()));
        try {
            new URL("https://elsewhere.example/").openStream();
            System.out.println("arrived");
        } catch (IOException error) {
            System.out.println("refused");
        }
    }
}
