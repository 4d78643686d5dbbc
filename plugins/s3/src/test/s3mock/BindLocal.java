import org.apache.catalina.connector.Connector;
import org.springframework.beans.factory.config.BeanPostProcessor;

/** Makes S3Mock listen on the loopback interface alone, whatever connector it opens. */
public class BindLocal implements BeanPostProcessor {
    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (bean instanceof Connector) {
            ((Connector) bean).setProperty("address", "127.0.0.1");
        }
        return bean;
    }
}
